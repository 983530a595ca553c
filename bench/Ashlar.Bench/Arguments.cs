using System.Globalization;

namespace Ashlar.Bench;

/// <summary>The words behind a command: plain ones, and options that each take a word.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _options = [];

    /// <summary>Sorts the words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="known">The options that the command has, with their dashes.</param>
    /// <exception cref="ArgumentException">An option is unknown, or has no word behind it.</exception>
    public Arguments(ReadOnlySpan<string> words, params ReadOnlySpan<string> known)
    {
        var plain = new List<string>();
        for (var i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal)) plain.Add(words[i]);
            else if (!known.Contains(words[i])) throw new ArgumentException($"'{words[i]}' is no option of this command");
            else if (i + 1 == words.Length) throw new ArgumentException($"{words[i]} needs a value");
            else _options[words[i]] = words[++i];
        }

        Plain = plain;
    }

    /// <summary>The words that are no options.</summary>
    public IReadOnlyList<string> Plain { get; }

    /// <summary>An option's word; null where it was not given.</summary>
    public string? Text(string option) => _options.GetValueOrDefault(option);

    /// <summary>An option's number, 1 or more.</summary>
    public int Number(string option, int otherwise) => Text(option) is { } text ? Parse(option, text) : otherwise;

    /// <summary>An option's numbers, 1 or more each, which stand with commas between them.</summary>
    public IReadOnlyList<int> Numbers(string option, IReadOnlyList<int> otherwise) =>
        List(option) is { } texts ? [.. texts.Select(text => Parse(option, text))] : otherwise;

    /// <summary>An option's words, which stand with commas between them; null where it was not given.</summary>
    public IReadOnlyList<string>? List(string option) => Text(option)?.Split(',');

    private static int Parse(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{option} has '{text}'; it must be a whole number, 1 or more");
}
