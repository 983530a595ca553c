using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Engine.Grammars;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>
/// Reads vLLM's structural tags, in both forms: <c>structures</c> and <c>triggers</c>, and a <c>format</c>, which is a tree. Of
/// its kinds are understood free text with tags that triggers begin, a tag, a constant, a JSON schema, a regular expression and
/// a grammar.
/// </summary>
internal static class StructuralTagFields
{
    private const string Expected = "an object with 'format', or with 'structures' and 'triggers'";

    /// <summary>A structural tag that is a field of its own: an object, or the text of one.</summary>
    public static OutputFormat? Read(RequestFields fields, string name)
    {
        var path = fields.PathOf(name);
        switch (fields.Take(name))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.Object } json:
                return Whole(json);
            case { ValueKind: JsonValueKind.String } text:
                try
                {
                    using var document = JsonDocument.Parse(
                        text.GetString()!, new() { MaxDepth = RequestBody.MaxDepth, AllowDuplicateProperties = false });
                    return document.RootElement.ValueKind == JsonValueKind.Object
                        ? Whole(document.RootElement.Clone())
                        : throw FieldErrors.WrongType(path, document.RootElement.Describe(), Expected);
                }
                catch (JsonException)
                {
                    throw FieldErrors.WrongValue(path, "no JSON", Expected);
                }

            case { } value:
                throw FieldErrors.WrongType(path, value.Describe(), Expected);
        }

        OutputFormat? Whole(JsonElement json)
        {
            var tag = new RequestFields(json, path);
            tag.OneOf("type", "structural_tag");
            var format = ReadTag(tag, path);
            tag.RefuseUnread();
            return format;
        }
    }

    /// <summary>What an object holds that is said to be a structural tag.</summary>
    /// <param name="tag">The object; its type was read.</param>
    /// <param name="path">What leads to it.</param>
    public static OutputFormat? ReadTag(RequestFields tag, string path)
    {
        if (tag.Take("format") is not null) return Grammar(Child(tag, "format")) is { } grammar ? new(grammar, path) : null;
        if (tag.Take("structures") is null) throw FieldErrors.Missing(tag.PathOf("format"), Expected);
        var tags = Objects(tag, "structures", structure => new StructuralTag(
            Text(structure, "begin"), SchemaOf(structure, "schema"), structure.Text("end") ?? ""));
        return new(new StructuralTagGrammar(tags, Texts(tag, "triggers")), path);
    }

    // Null for any text.
    private static GrammarSource? Grammar(RequestFields format)
    {
        var type = Text(format, "type");
        GrammarSource? grammar = type switch
        {
            "any_text" => null,
            "const_string" => new ChoiceGrammar([Text(format, "value")]),
            "json_schema" => new JsonSchemaGrammar(SchemaOf(format, "json_schema")),
            "regex" => new RegexGrammar(Text(format, "pattern")),
            "grammar" => new GbnfGrammar(Text(format, "grammar")),
            "tag" => Alone(ReadTag(format), format.PathOf("content")),
            "triggered_tags" => Triggered(format),
            _ => throw FieldErrors.Unsupported(format.PathOf("type"),
                $"'{type}' is none of any_text, const_string, json_schema, regex, grammar, tag, triggered_tags"),
        };
        format.RefuseUnread();
        return grammar;
    }

    private static StructuralTagGrammar Triggered(RequestFields format)
    {
        if (format.Array("excludes", "an array of strings") is { } excludes && excludes.GetArrayLength() > 0)
        {
            throw FieldErrors.Unsupported(format.PathOf("excludes"), "leave it out");
        }

        return new(Objects(format, "tags", ReadTag), Texts(format, "triggers"))
        {
            AtLeastOne = format.Boolean("at_least_one") ?? false,
            StopAfterFirst = format.Boolean("stop_after_first") ?? false,
        };
    }

    // A tag that is all there is: free text in which it comes at once would be more.
    private static GbnfGrammar Alone(StructuralTag tag, string path)
    {
        try
        {
            var schema = JsonNode.Parse(tag.Schema, documentOptions: new() { MaxDepth = RequestBody.MaxDepth });
            return new($"root ::= {Literal(tag.Begin)} %json {schema?.ToJsonString() ?? "null"} {Literal(tag.End)}");
        }
        catch (JsonException)
        {
            throw FieldErrors.WrongValue($"{path}.json_schema", "no JSON", "a JSON schema");
        }
    }

    private static StructuralTag ReadTag(RequestFields tag)
    {
        tag.OneOf("type", "tag");
        var content = Child(tag, "content");
        if (Text(content, "type") is var type and not "json_schema")
        {
            throw FieldErrors.Unsupported(content.PathOf("type"), $"what a tag holds is of type json_schema here, not '{type}'");
        }

        var read = new StructuralTag(Text(tag, "begin"), SchemaOf(content, "json_schema"), tag.Text("end") ?? "");
        content.RefuseUnread();
        return read;
    }

    private static RequestFields Child(RequestFields fields, string name)
    {
        const string Wanted = "an object with a type";
        return new(fields.Object(name, Wanted) ?? throw FieldErrors.Missing(fields.PathOf(name), Wanted), fields.PathOf(name));
    }

    private static string Text(RequestFields fields, string name) =>
        fields.Text(name) ?? throw FieldErrors.Missing(fields.PathOf(name), "a string");

    private static string SchemaOf(RequestFields fields, string name) =>
        FormatFields.Schema(fields, name) is { Grammar: JsonSchemaGrammar { Schema: var schema } }
            ? schema
            : throw FieldErrors.Missing(fields.PathOf(name), "a JSON schema");

    private static List<T> Objects<T>(RequestFields fields, string name, Func<RequestFields, T> read)
    {
        var path = fields.PathOf(name);
        var json = fields.Array(name, "an array of objects") ?? throw FieldErrors.Missing(path, "an array of objects");
        var objects = new List<T>();
        foreach (var (index, value) in json.EnumerateArray().Index())
        {
            var place = $"{path}[{index}]";
            if (value.ValueKind != JsonValueKind.Object) throw FieldErrors.WrongType(place, value.Describe(), "an object");
            var one = new RequestFields(value, place);
            objects.Add(read(one));
            one.RefuseUnread();
        }

        return objects;
    }

    private static List<string> Texts(RequestFields fields, string name)
    {
        var path = fields.PathOf(name);
        var json = fields.Array(name, "an array of strings") ?? throw FieldErrors.Missing(path, "an array of strings");
        return [.. json.EnumerateArray().Select((value, index) => value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw FieldErrors.WrongType($"{path}[{index}]", value.Describe(), "a string"))];
    }

    // As GBNF writes a text: what is no letter or digit by its number.
    private static string Literal(string text)
    {
        var characters = text.EnumerateRunes().Select(static rune => rune.IsAscii && Rune.IsLetterOrDigit(rune)
            ? rune.ToString()
            : FormattableString.Invariant($"\\U{rune.Value:X8}"));
        return text.Length == 0 ? "" : $"\"{string.Concat(characters)}\"";
    }
}
