using System.Text.Json;
using System.Text.Unicode;

namespace Ashlar.Models.HuggingFace;

/// <summary>
/// A JSON object of a Hugging Face <c>config.json</c>, with getters that name file and key when something is wrong. A key whose
/// value is null counts as absent, and has no default.
/// </summary>
internal sealed class ConfigObject(string path, string prefix, JsonElement json, JsonElement? defaults = null)
{
    // Published files have some kilobytes, a few hundred with the labels of a classifier. Parsed, a hostile one takes 12 times
    // its size.
    private const long MaxBytes = 2 << 20;

    private const string Mend = "get the model's files again";

    /// <exception cref="InvalidDataException">The file is too large, or no JSON object.</exception>
    public static ConfigObject Read(string path)
    {
        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new InvalidDataException($"'{path}': is larger than {MaxBytes} bytes; it is no configuration");
        }

        var bytes = File.ReadAllBytes(path);
        if (!Utf8.IsValid(bytes)) throw new InvalidDataException($"'{path}': is not UTF-8; {Mend}");
        try
        {
            var json = JsonElement.Parse(bytes);
            return json.ValueKind == JsonValueKind.Object
                ? new ConfigObject(path, "", json)
                : throw new InvalidDataException($"'{path}': is no JSON object; {Mend}");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"'{path}': is no valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine}); {Mend}", error);
        }
    }

    /// <summary>The same object, in which keys that are left out have the values of another, given as JSON.</summary>
    public ConfigObject WithDefaults(string other) => new(path, prefix, json, JsonElement.Parse(other));

    public bool Has(string key) => Find(key) is not null;

    public ConfigObject? Object(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ConfigObject(path, $"{prefix}{key}.", value),
        _ => throw Wrong(key, "an object"),
    };

    public int Size(string key, int limit = ModelLimits.Size) => Whole(key, 1, limit) ?? throw Missing(key);

    public int Size(string key, int fallback, int limit) => Whole(key, 1, limit) ?? fallback;

    public int Count(string key) => Whole(key, 0, int.MaxValue) ?? throw Missing(key);

    public double Number(string key, double fallback) => FindNumber(key) ?? fallback;

    public double Positive(string key, double? fallback = null) =>
        (FindNumber(key) ?? fallback ?? throw Missing(key)) is > 0 and var value ? value : throw Wrong(key, "a number above 0");

    public bool? Flag(string key) => Find(key)?.ValueKind switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false"),
    };

    public string? Text(string key) => Find(key) is { } value ? Text(key, value) : null;

    public string[] Texts(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Select(item => Text(key, item))],
        _ => throw Wrong(key, "an array of strings"),
    };

    /// <summary>Refuses a model that has another text there than the one that is computed; absent, it is that one.</summary>
    public void RequireText(string key, string computed)
    {
        if ((Text(key) ?? computed) != computed) throw Unsupported(key);
    }

    /// <summary>Whether the key has an array with something in it.</summary>
    public bool HasItems(string key) => Find(key) switch
    {
        null => false,
        { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() > 0,
        _ => throw Wrong(key, "an array"),
    };

    /// <summary>Whether the key is absent, or has an array or object with nothing in it.</summary>
    public bool IsEmpty(string key) => Find(key) switch
    {
        null => true,
        { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() == 0,
        { ValueKind: JsonValueKind.Object } item => !item.EnumerateObject().Any(),
        _ => false,
    };

    /// <summary>A text; null where there is true or false instead, or nothing.</summary>
    public string? TextOrFlag(string key) =>
        Find(key) is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) } value ? Text(key, value) : null;

    public InvalidDataException Missing(string key) => new($"'{path}': '{prefix}{key}' is missing; {Mend}");

    public InvalidDataException Wrong(string key, string wanted) =>
        new($"'{path}': '{prefix}{key}' is {Shown(key)}, where {wanted} is wanted; {Mend}");

    public NotSupportedException Unsupported(string key, string mend = "use a model without it") =>
        new($"'{path}': '{prefix}{key}' is {Shown(key)}, which this version does not compute; {mend}");

    private JsonElement? Find(string key)
    {
        if (!json.TryGetProperty(key, out var value) && defaults?.TryGetProperty(key, out value) != true) return null;
        return value.ValueKind == JsonValueKind.Null ? null : value;
    }

    private int? Whole(string key, int least, int most) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value
            when value.TryGetInt32(out var whole) && whole >= least && whole <= most => whole,
        _ => throw Wrong(key, $"a whole number from {least} to {most}"),
    };

    private double? FindNumber(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        _ => throw Wrong(key, "a finite number"),
    };

    private string Text(string key, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) throw Wrong(key, "text");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException) // half a surrogate pair, escaped
        {
            throw Wrong(key, "text of valid Unicode");
        }
    }

    private string Shown(string key) => Find(key) is { } value ? Printable.Name(value.GetRawText()) : "absent";
}
