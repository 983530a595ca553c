namespace Ashlar.Models.Gguf;

/// <summary>
/// An architecture's own metadata keys, <c>llama.context_length</c> and so on, with bounds; keys are given without the
/// architecture.
/// </summary>
internal sealed class GgufKeys(string source, GgufMetadata metadata)
{
    public GgufMetadata Metadata => metadata;

    public string Architecture { get; } = metadata.GetString("general.architecture");

    public string Full(string key) => $"{Architecture}.{key}";

    public bool Has(string key) => metadata.Contains(Full(key));

    public int Size(string key, int limit = ModelLimits.Size) =>
        metadata.GetInteger<long>(Full(key)) is var value && value >= 1 && value <= limit
            ? (int)value
            : throw OutOfRange(key, value, $"1 to {limit}");

    public int Size(string key, int fallback, int limit) => Has(key) ? Size(key, limit) : fallback;

    public int Count(string key, int fallback)
    {
        var value = metadata.GetInteger<long>(Full(key), fallback);
        return value is >= 0 and <= int.MaxValue ? (int)value : throw OutOfRange(key, value, $"0 to {int.MaxValue}");
    }

    public double Number(string key, double fallback)
    {
        var value = metadata.GetDouble(Full(key), fallback);
        return double.IsFinite(value) ? value : throw OutOfRange(key, value, "a finite number");
    }

    public double Positive(string key, double fallback) =>
        Number(key, fallback) is var value && value > 0 ? value : throw OutOfRange(key, value, "a number above 0");

    public string Text(string key, string fallback) => metadata.GetString(Full(key), fallback);

    public bool IsArray(string key) => metadata.TryGetValue(Full(key), out var value) && value.Type == GgufValueType.Array;

    public InvalidDataException OutOfRange(string key, object value, string range) =>
        new($"'{source}': metadata key '{Full(key)}' is {value}, where {range} is wanted; convert the model again");

    public NotSupportedException Unsupported(string key, object value) =>
        new(
            $"'{source}': metadata key '{Full(key)}' is {Printable.Name($"{value}")}, which this version does not compute; "
            + "use a model without it");
}
