using System.Globalization;
using System.Numerics;
using YamlDotNet.RepresentationModel;

namespace Ashlar.Training.Recipes;

/// <summary>
/// A mapping of a recipe that is read key by key. What was not asked for when it is closed is an error that names the key, its
/// line
/// and the known key that is nearest.
/// </summary>
/// <param name="source">The file, for errors.</param>
/// <param name="path">The keys that lead here, with a full stop behind; empty for the whole recipe.</param>
/// <param name="mapping">The keys and values; null where the section is left out.</param>
internal sealed class RecipeSection(string source, string path, YamlMappingNode? mapping)
{
    private const NumberStyles Number = NumberStyles.Float;

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Whether the section is there.</summary>
    public bool IsGiven => mapping is not null;

    /// <summary>Whether a key is there.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Text, or the fallback where the key is left out.</summary>
    public string? Text(string key, string? fallback = null) => Find(key) switch
    {
        null => fallback,
        YamlScalarNode { Value: { } value } => value,
        var other => throw Wrong(key, other, "text is wanted"),
    };

    /// <summary>Text that must be there.</summary>
    public string RequiredText(string key) => Text(key) ?? throw Missing(key);

    /// <summary>One of a few words.</summary>
    public T Choice<T>(string key, T fallback, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Text(key) is not { } text) return fallback;
        foreach (var (word, value) in choices)
        {
            if (word == text) return value;
        }

        var words = string.Join(", ", choices.ToArray().Select(choice => choice.Word));
        throw Wrong(key, Find(key)!, $"one of {words} is wanted");
    }

    /// <summary>Yes or no.</summary>
    public bool Flag(string key, bool fallback) => Choice(key, fallback, ("true", true), ("false", false));

    /// <summary>A number in a range, or the fallback where the key is left out.</summary>
    public T Of<T>(string key, T fallback, T least, T most) where T : struct, INumber<T>
    {
        if (Text(key) is not { } text) return fallback;
        if (T.TryParse(text.Replace("_", "", StringComparison.Ordinal), Number, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        var kind = T.IsInteger(T.One / (T.One + T.One)) ? "a whole number" : "a number";
        throw Wrong(key, Find(key)!, string.Create(CultureInfo.InvariantCulture, $"{kind} from {least} to {most} is wanted"));
    }

    /// <summary>A number that must be there.</summary>
    public T Required<T>(string key, T least, T most) where T : struct, INumber<T> =>
        Has(key) ? Of(key, least, least, most) : throw Missing(key);

    /// <summary>One text, or a list of texts; empty where the key is left out.</summary>
    public IReadOnlyList<string> Texts(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Select(
            item => (item as YamlScalarNode)?.Value ?? throw Wrong(key, item, "a list of texts is wanted"))],
        _ => [Text(key)!],
    };

    /// <summary>A section within this one; an empty one where the key is left out.</summary>
    public RecipeSection Section(string key) => Find(key) switch
    {
        null => new(source, $"{path}{key}.", null),
        YamlMappingNode inner => new(source, $"{path}{key}.", inner),
        var other => throw Wrong(key, other, "keys with values are wanted below it"),
    };

    /// <summary>A list of sections.</summary>
    public IReadOnlyList<RecipeSection> Sections(string key) => Find(key) switch
    {
        YamlSequenceNode list => [.. list.Select((item, index) => item is YamlMappingNode inner
            ? new RecipeSection(source, string.Create(CultureInfo.InvariantCulture, $"{path}{key}[{index}]."), inner)
            : throw Wrong(key, item, "a list of keys with values is wanted"))],
        null => throw Missing(key),
        var other => throw Wrong(key, other, "a list is wanted: items that begin with '-'"),
    };

    /// <summary>Refuses what nobody has asked for.</summary>
    public void Close()
    {
        foreach (var key in mapping?.Children.Keys ?? [])
        {
            var name = (key as YamlScalarNode)?.Value ?? key.ToString();
            if (_asked.Contains(name)) continue;
            var nearest = _asked.MinBy(known => EditDistance.Between(name, known))!;
            throw new RecipeException($"'{source}' line {key.Start.Line}: there is no key '{path}{name}'; "
                + (EditDistance.Between(name, nearest) <= Math.Max(2, name.Length / 2)
                    ? $"did you mean '{path}{nearest}'?"
                    : $"there are {string.Join(", ", _asked.Order(StringComparer.Ordinal))}"));
        }
    }

    /// <summary>An error about a key's value.</summary>
    public RecipeException Wrong(string key, string problem) => Find(key) is { } node
        ? new($"'{source}' line {node.Start.Line}: '{path}{key}': {problem}")
        : new($"'{source}': '{path}{key}': {problem}");

    private YamlNode? Find(string key)
    {
        _asked.Add(key);
        return mapping is not null && mapping.Children.TryGetValue(new YamlScalarNode(key), out var value)
            && value is not YamlScalarNode { Value: null or "" or "~" or "null", Style: YamlDotNet.Core.ScalarStyle.Plain }
            ? value
            : null;
    }

    private RecipeException Wrong(string key, YamlNode node, string wanted) => new(
        $"'{source}' line {node.Start.Line}: '{path}{key}' is {(node is YamlScalarNode { Value: var value } ? $"'{value}'" : "no value")}"
        + $", where {wanted}");

    private RecipeException Missing(string key) => new(
        $"'{source}'{(mapping is null || path.Length == 0 ? "" : $" line {mapping.Start.Line}")}: the key '{path}{key}' is missing");
}
