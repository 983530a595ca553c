using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Models.Gguf;

namespace Ashlar.Cli.Inspection;

/// <summary>GGUF metadata as JSON. An array of more than eight elements becomes its type, its length and its beginning.</summary>
internal static class MetadataJson
{
    private const int Longest = 8;

    /// <summary>All keys and values in their order.</summary>
    public static JsonObject Of(GgufMetadata metadata)
    {
        var json = new JsonObject();
        foreach (var (key, value) in metadata) json[key] = Of(value);
        return json;
    }

    private static JsonNode? Of(GgufValue value)
    {
        if (value.TryGetUtf8(out var utf8)) return Encoding.UTF8.GetString(utf8.Span);
        if (value.Type != GgufValueType.Array) return Elements(value).First();

        var first = new JsonArray([.. Elements(value).Take(Longest)]);
        return value.Count <= Longest ? first : new JsonObject
        {
            ["type"] = $"{value.ElementType}[{value.Count}]",
            ["first"] = first,
        };
    }

    // The elements of an array, or the one value that is none.
    private static IEnumerable<JsonNode?> Elements(GgufValue value)
    {
        if (value.TryGetStrings(out var strings)) return strings.Select(text => (JsonNode?)text);
        if (value.TryGetArrays(out var arrays)) return arrays.Select(Of);
        if (value.TryGetBools(out var truths)) return truths.Select(truth => (JsonNode?)truth);
        if (value.TryGetIntegers<long>(out var integers)) return integers.Select(integer => (JsonNode?)integer);
        if (value.TryGetIntegers<ulong>(out var large)) return large.Select(integer => (JsonNode?)integer);
        if (value.ElementType == GgufValueType.Float64 && value.TryGetFloat(out var wide))
        {
            return [double.IsFinite(wide) ? wide : Text(wide)];
        }

        return value.TryGetFloats(out var numbers)
            ? numbers.Select(number => float.IsFinite(number) ? (JsonNode?)number : Text(number))
            : [];
    }

    // JSON has no infinities.
    private static JsonNode? Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
