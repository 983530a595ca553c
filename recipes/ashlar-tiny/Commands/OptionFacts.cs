using System.CommandLine;
using System.Text.RegularExpressions;

namespace Ashlar.Tiny.Commands;

/// <summary>What the help page says of an option.</summary>
internal sealed partial record OptionFacts
{
    private OptionFacts(Option option)
    {
        string[] names = [option.Name, .. option.Aliases];
        Long = Array.Find(names, name => name.StartsWith("--", StringComparison.Ordinal)) ?? option.Name;
        Short = Array.Find(names, name => !name.StartsWith("--", StringComparison.Ordinal));
        Other = Array.Find(names, name => name != Long && name != Short);
        var text = option.Description ?? "";
        var bracket = Bracket().Match(text);
        (Default, IsRequired) = (bracket.Success ? bracket.Groups[1].Value : null, option.Required);
        Meaning = (bracket.Success ? text[..bracket.Index] : text).Trim();
        Value = option.ValueType == typeof(bool) ? null : option.HelpName;
    }

    /// <summary>The name with two dashes.</summary>
    public string Long { get; }

    /// <summary>The name with one dash, if any.</summary>
    public string? Short { get; }

    /// <summary>A second name with two dashes, if any.</summary>
    public string? Other { get; }

    /// <summary>What it does.</summary>
    public string Meaning { get; }

    /// <summary>What holds where it is not given, if the page says so.</summary>
    public string? Default { get; }

    /// <summary>What stands for its value, or null where it takes none.</summary>
    public string? Value { get; }

    public bool IsRequired { get; }

    /// <summary>What it is about, after its name: <c>--max-tokens</c> is about max tokens.</summary>
    public string Topic => Long.TrimStart('-').Replace('-', ' ');

    /// <summary>How it is written, with what stands for its value.</summary>
    public string Written => Value is null ? Long : $"{Long} {Value}";

    /// <summary>The options of a command that are its own.</summary>
    public static IEnumerable<OptionFacts> Of(Command command) => command.Options
        .Where(option => !option.Hidden && option is not (System.CommandLine.Help.HelpOption or VersionOption))
        .Select(option => new OptionFacts(option));

    [GeneratedRegex(@"\[default: ([^\]]*)\]")]
    private static partial Regex Bracket();
}
