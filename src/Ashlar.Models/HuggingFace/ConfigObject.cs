using System.Text.Json;

namespace Ashlar.Models.HuggingFace;

/// <summary>A JSON object of a Hugging Face <c>config.json</c>, with getters that name file and key when something is wrong.</summary>
internal sealed class ConfigObject(string path, string prefix, JsonElement json)
{
    private const long MaxBytes = 16 << 20;

    /// <exception cref="InvalidDataException">The file is too large, or no JSON object.</exception>
    public static ConfigObject Read(string path)
    {
        if (new FileInfo(path).Length > MaxBytes) throw new InvalidDataException($"'{path}': larger than {MaxBytes} bytes; it is no configuration");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ConfigObject(path, "", document.RootElement.Clone())
                : throw new InvalidDataException($"'{path}': is no JSON object; get the model's files again");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}': is no valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine}); get the model's files again", error);
        }
    }

    public bool Has(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    public ConfigObject? Object(string key) => !Has(key) ? null
        : json.GetProperty(key) is { ValueKind: JsonValueKind.Object } value ? new ConfigObject(path, $"{prefix}{key}.", value)
        : throw Wrong(key, "an object");

    public int Size(string key) => Has(key)
        ? json.GetProperty(key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var size) && size > 0 ? size : throw Wrong(key, "a whole number from 1")
        : throw new InvalidDataException($"'{path}': '{prefix}{key}' is missing; get the model's files again");

    public int Size(string key, int fallback) => Has(key) ? Size(key) : fallback;

    public double Number(string key, double fallback) => !Has(key) ? fallback
        : json.GetProperty(key) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number
        : throw Wrong(key, "a finite number");

    public bool Flag(string key, bool fallback) => !Has(key) ? fallback
        : json.GetProperty(key).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, "true or false"),
        };

    public string? Text(string key) => !Has(key) ? null
        : json.GetProperty(key) is { ValueKind: JsonValueKind.String } value ? value.GetString()
        : throw Wrong(key, "a string");

    public string[] Texts(string key) => !Has(key) ? []
        : json.GetProperty(key) is { ValueKind: JsonValueKind.Array } array && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. array.EnumerateArray().Select(item => item.GetString()!)]
        : throw Wrong(key, "an array of strings");

    public NotSupportedException Unsupported(string key) =>
        new($"'{path}': '{prefix}{key}' is {json.GetProperty(key).GetRawText()}, which this version does not compute");

    public InvalidDataException Wrong(string key, string wanted) =>
        new($"'{path}': '{prefix}{key}' is {json.GetProperty(key).GetRawText()}, where {wanted} is wanted; get the model's files again");
}
