using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ashlar.Engine.Dialects;

/// <summary>Types of JSON values.</summary>
[Flags]
internal enum JsonTypes
{
    String = 1,
    Number = 2,
    Boolean = 4,
    Null = 8,
    Object = 16,
    Array = 32,
    Any = 63,
}

/// <summary>Which types a tool's parameters may have: text between tags does not say whether 5 is a number or a text.</summary>
internal sealed class ParameterTypes
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, JsonTypes> _types = [];

    /// <summary>The types of a parameter; any where the schema does not say.</summary>
    public JsonTypes this[string name] => _types.GetValueOrDefault(name, JsonTypes.Any);

    /// <summary>The types of a tool's parameters, from its schema.</summary>
    public static ParameterTypes Of(ChatTool? tool)
    {
        var types = new ParameterTypes();
        if (tool?.Parameters is { ValueKind: JsonValueKind.Object } schema
            && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject()) types._types[property.Name] = Of(property.Value, depth: 0);
        }

        return types;
    }

    /// <summary>Writes a text as JSON: as the value that it spells, if that may be, else as a string.</summary>
    public static string Write(string text, JsonTypes allowed)
    {
        var trimmed = text.Trim();
        var spelled = trimmed switch { "True" => "true", "False" => "false", "None" => "null", _ => trimmed };
        try
        {
            using var json = JsonDocument.Parse(spelled);
            var type = Of(json.RootElement.ValueKind);
            if (type != JsonTypes.String && (allowed & type) != 0) return spelled;
        }
        catch (JsonException)
        {
        }

        return JsonSerializer.Serialize(text, Plain);
    }

    private static JsonTypes Of(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > 8) return JsonTypes.Any;
        if (schema.TryGetProperty("type", out var type))
        {
            return type.ValueKind switch
            {
                JsonValueKind.String => Named(type.GetString()!),
                JsonValueKind.Array => type.EnumerateArray().Aggregate(
                    default(JsonTypes), (all, one) => all | Named(one.ToString())),
                _ => JsonTypes.Any,
            };
        }

        if (schema.TryGetProperty("const", out var constant)) return Of(constant.ValueKind);
        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array)
        {
            return values.EnumerateArray().Aggregate(default(JsonTypes), (all, one) => all | Of(one.ValueKind));
        }

        foreach (var key in new[] { "anyOf", "oneOf" })
        {
            if (schema.TryGetProperty(key, out var choices) && choices.ValueKind == JsonValueKind.Array)
            {
                return choices.EnumerateArray().Aggregate(default(JsonTypes), (all, one) => all | Of(one, depth + 1));
            }
        }

        return JsonTypes.Any;
    }

    private static JsonTypes Named(string name) => name switch
    {
        "string" => JsonTypes.String,
        "number" or "integer" => JsonTypes.Number,
        "boolean" => JsonTypes.Boolean,
        "null" => JsonTypes.Null,
        "object" => JsonTypes.Object,
        "array" => JsonTypes.Array,
        _ => JsonTypes.Any,
    };

    private static JsonTypes Of(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Number => JsonTypes.Number,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.Object => JsonTypes.Object,
        _ => JsonTypes.Array,
    };
}
