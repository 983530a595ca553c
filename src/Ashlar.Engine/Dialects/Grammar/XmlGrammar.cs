using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// The grammar of arguments in tags. Strings are any text without the end tag, or one of an enumeration; other constraints of
/// strings are not enforced.
/// </summary>
internal static class XmlGrammar
{
    /// <summary>The arguments of a tool, in the order of its schema; any where the schema names none.</summary>
    public static string Arguments(XmlFormat format, ChatTool tool)
    {
        if (tool.Parameters is not { ValueKind: JsonValueKind.Object } schema
            || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return $"({Argument(format, "[A-Za-z0-9_.-]+", GbnfText.Without(format.ValueEnd))})*";
        }

        HashSet<string> required = [];
        if (schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array)
        {
            required.UnionWith(names.EnumerateArray().Select(name => name.ToString()));
        }

        var types = ParameterTypes.Of(tool);
        return string.Join(' ', properties.EnumerateObject().Select(property =>
        {
            var value = Value(format, schema, property.Value, types[property.Name]);
            var argument = Argument(format, GbnfText.Literal(property.Name), value);
            return required.Contains(property.Name) ? argument : $"({argument})?";
        }));
    }

    private static string Argument(XmlFormat format, string key, string value)
    {
        var line = format.HasLines ? "\n" : "";
        var open = format.ValueOpen.Length > 0 ? "\n" + format.ValueOpen : "";
        return $"{GbnfText.Literal(format.KeyOpen)} {key} {GbnfText.Literal(format.KeyEnd + open + line)} {value} "
            + GbnfText.Literal(line + format.ValueEnd + "\n");
    }

    private static string Value(XmlFormat format, JsonElement schema, JsonElement property, JsonTypes types)
    {
        if ((types & JsonTypes.String) == 0) return GbnfText.Json(WithDefinitions(schema, property));
        if (property.ValueKind == JsonValueKind.Object && property.TryGetProperty("enum", out var values)
            && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
        {
            return GbnfText.Either(values.EnumerateArray().Select(value => GbnfText.Literal(value.ToString())));
        }

        return $"({GbnfText.Without(format.ValueEnd)})";
    }

    private static string WithDefinitions(JsonElement schema, JsonElement property)
    {
        var alone = JsonNode.Parse(property.GetRawText())!;
        foreach (var name in new[] { "$defs", "definitions" })
        {
            if (alone is JsonObject all && !all.ContainsKey(name) && schema.TryGetProperty(name, out var definitions))
            {
                all[name] = JsonNode.Parse(definitions.GetRawText());
            }
        }

        return alone.ToJsonString();
    }
}
