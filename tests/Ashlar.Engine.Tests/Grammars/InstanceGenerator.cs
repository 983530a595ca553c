using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Ashlar.Engine.Tests.Grammars;

/// <summary>
/// Writes random documents of random schemas (<see cref="SchemaSamples.Random"/>, without patterns), from the schema alone:
/// properties in its order, white space of every kind that is allowed.
/// </summary>
internal sealed class InstanceGenerator(Random random)
{
    private readonly StringBuilder _text = new();

    public string Write(JsonNode schema)
    {
        _text.Clear();
        Value((JsonObject)schema, 0);
        return _text.ToString();
    }

    private void Value(JsonObject schema, int depth)
    {
        if (schema["anyOf"] is JsonArray options)
        {
            Value((JsonObject)options[random.Next(options.Count)]!, depth);
            return;
        }

        if (schema["enum"] is JsonArray values)
        {
            var value = values[random.Next(values.Count)];
            if (value?.GetValueKind() == System.Text.Json.JsonValueKind.String) Text(value.GetValue<string>(), free: false);
            else _text.Append(value?.ToJsonString() ?? "null");
            return;
        }

        switch (schema["type"]!.GetValue<string>())
        {
            case "boolean":
                _text.Append(random.Next(2) == 0 ? "true" : "false");
                break;
            case "integer":
                var (low, high) = (schema["minimum"]?.GetValue<int>() ?? -1_000_000, schema["maximum"]?.GetValue<int>() ?? 1_000_000);
                _text.Append(random.Next(low, high + 1).ToString(CultureInfo.InvariantCulture));
                break;
            case "number":
                var from = schema["minimum"]!.GetValue<double>();
                var width = schema["exclusiveMaximum"]!.GetValue<double>() - from;
                var number = from + Math.Floor(random.NextDouble() * width * 100) / 100;
                _text.Append(((decimal)number).ToString(CultureInfo.InvariantCulture));
                break;
            case "string":
                var min = schema["minLength"]?.GetValue<int>() ?? 0;
                var length = random.Next(min, (schema["maxLength"]?.GetValue<int>() ?? 12) + 1);
                Text(string.Concat(Enumerable.Range(0, length).Select(_ =>
                    ((string[])["a", "b", " ", "\"", "\\", "/", "\n", "\u0001", "é", "日", "😀", "{", "\u007f"])[random.Next(13)])), free: true);
                break;
            case "array":
                Array(schema, depth);
                break;
            default:
                Object(schema, depth);
                break;
        }
    }

    private void Array(JsonObject schema, int depth)
    {
        var min = schema["minItems"]!.GetValue<int>();
        var count = random.Next(min, (schema["maxItems"]?.GetValue<int>() ?? (min + 4)) + 1);
        _text.Append('[');
        Space(depth);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) Comma(depth);
            var item = i == 0 && schema["prefixItems"] is JsonArray prefix ? prefix[0] : schema["items"];
            Value((JsonObject)item!, depth + 1);
            Space(depth);
        }

        _text.Append(']');
    }

    private void Object(JsonObject schema, int depth)
    {
        var required = schema["required"]!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet();
        _text.Append('{');
        Space(depth);
        var first = true;
        foreach (var (name, value) in schema["properties"]!.AsObject())
        {
            if (required.Contains(name) || random.Next(2) == 0) Member(name, (JsonObject)value!, free: false);
        }

        if (schema["additionalProperties"] is not JsonValue)
        {
            var others = random.Next(3);
            var names = schema["additionalProperties"] as JsonObject ?? new JsonObject { ["type"] = "integer" };
            for (var i = 0; i < others; i++) Member(((string[])["z", "nam", "name2", "\u00e9e", ""])[random.Next(5)], names, free: false);
        }

        _text.Append('}');

        void Member(string name, JsonObject value, bool free)
        {
            if (!first) Comma(depth);
            first = false;
            Text(name, free);
            _text.Append(':');
            Space(depth);
            Value(value, depth + 1);
            Space(depth);
        }
    }

    private void Comma(int depth)
    {
        _text.Append(',');
        Space(depth);
    }

    private void Space(int depth) => _text.Append(random.Next(5) switch
    {
        0 => " ",
        1 => "\n" + new string(' ', depth * 2),
        2 => "\r\n\t",
        _ => "",
    });

    // A string of any value may be escaped in any way; one of a certain value only where it must be.
    private void Text(string value, bool free)
    {
        _text.Append('"');
        foreach (var character in value)
        {
            var code = ((int)character).ToString("x4", CultureInfo.InvariantCulture);
            if (free && character > ' ' && random.Next(6) == 0 && !char.IsSurrogate(character)) _text.Append("\\u").Append(code);
            else if (character is '"' or '\\') _text.Append('\\').Append(character);
            else if (character == '\n') _text.Append("\\n");
            else if (character < ' ') _text.Append("\\u").Append(code);
            else _text.Append(character);
        }

        _text.Append('"');
    }
}
