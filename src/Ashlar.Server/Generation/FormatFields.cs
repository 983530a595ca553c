using System.Text.Json;
using Ashlar.Engine.Grammars;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>
/// Reads what an output must look like: OpenAI's <c>response_format</c>, vLLM's <c>structured_outputs</c> and <c>guided_...</c>,
/// and llama.cpp's <c>grammar</c> and <c>json_schema</c>. A request may have one of them.
/// </summary>
internal static class FormatFields
{
    /// <summary>The format that is asked for; null for none.</summary>
    public static OutputFormat? Read(RequestFields fields)
    {
        (string Name, OutputFormat? Format)[] given =
        [
            ("response_format", ReadFormat(fields, "response_format", isNested: true)),
            ("structured_outputs", ReadStructured(fields)),
            ("guided_json", Schema(fields, "guided_json")),
            ("guided_regex", Pattern(fields, "guided_regex")),
            ("guided_choice", Choices(fields, "guided_choice")),
            ("guided_grammar", Gbnf(fields, "guided_grammar")),
            ("grammar", Gbnf(fields, "grammar")),
            ("json_schema", Schema(fields, "json_schema")),
        ];
        var asked = given.Where(static format => format.Format is not null).ToArray();
        if (asked.Length > 1) throw FieldErrors.WrongValue(asked[1].Name, $"given beside '{asked[0].Name}'",
            "the only one of its kind");
        return asked.Length == 0 ? null : asked[0].Format;
    }

    /// <summary>Reads a format of OpenAI's: an object whose type is <c>text</c>, <c>json_object</c> or
    /// <c>json_schema</c>; or vLLM's <c>structural_tag</c>.</summary>
    /// <param name="fields">The object that has it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isNested">Whether the schema is in an object of its own, as chat has it and responses have not.</param>
    public static OutputFormat? ReadFormat(RequestFields fields, string name, bool isNested)
    {
        if (fields.Object(name, "an object with a type") is not { } json) return null;
        var format = new RequestFields(json, fields.PathOf(name));
        var type = format.OneOf("type", "text", "json_object", "json_schema", "structural_tag")
            ?? throw FieldErrors.Missing(format.PathOf("type"), "one of text, json_object, json_schema, structural_tag");
        var read = type switch
        {
            "json_object" => new(new JsonObjectGrammar(), fields.PathOf(name)),
            "json_schema" => NamedSchema(format, isNested),
            "structural_tag" => StructuralTagFields.ReadTag(format, fields.PathOf(name)),
            _ => null,
        };
        format.RefuseUnread();
        return read;
    }

    private static OutputFormat NamedSchema(RequestFields format, bool isNested)
    {
        const string Field = "json_schema", Expected = "an object with a name and a schema";
        var named = !isNested ? format : new RequestFields(
            format.Object(Field, Expected) ?? throw FieldErrors.Missing(format.PathOf(Field), Expected), format.PathOf(Field));
        named.Text("name");
        named.Text("description");
        named.Boolean("strict"); // every schema is kept to
        var schema = Schema(named, "schema") ?? throw FieldErrors.Missing(named.PathOf("schema"), "a JSON schema");
        if (isNested) named.RefuseUnread();
        return schema;
    }

    private static OutputFormat? ReadStructured(RequestFields fields)
    {
        const string Name = "structured_outputs";
        if (fields.Object(Name, "an object") is not { } json) return null;
        var outputs = new RequestFields(json, Name);
        OutputFormat?[] given =
        [
            Schema(outputs, "json"),
            Pattern(outputs, "regex"),
            Choices(outputs, "choice"),
            Gbnf(outputs, "grammar"),
            outputs.Boolean("json_object") is true ? new(new JsonObjectGrammar(), outputs.PathOf("json_object")) : null,
            StructuralTagFields.Read(outputs, "structural_tag"),
        ];
        outputs.RefuseUnread();
        var asked = given.OfType<OutputFormat>().ToArray();
        return asked.Length == 1 ? asked[0] : throw FieldErrors.WrongValue(
            Name, $"an object of {asked.Length} formats", "one of json, regex, choice, grammar, json_object, structural_tag");
    }

    /// <summary>A schema, which may come as JSON, or as its text.</summary>
    public static OutputFormat? Schema(RequestFields fields, string name) => fields.Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => new(new JsonSchemaGrammar(text.GetString()!), fields.PathOf(name)),
        { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } schema =>
            new(new JsonSchemaGrammar(schema.GetRawText()), fields.PathOf(name)),
        { } value => throw FieldErrors.WrongType(fields.PathOf(name), value.Describe(), "a JSON schema"),
    };

    private static OutputFormat? Pattern(RequestFields fields, string name) =>
        fields.Text(name) is { } pattern ? new(new RegexGrammar(pattern), fields.PathOf(name)) : null;

    private static OutputFormat? Gbnf(RequestFields fields, string name) =>
        fields.Text(name) is { Length: > 0 } text ? new(new GbnfGrammar(text), fields.PathOf(name)) : null;

    private static OutputFormat? Choices(RequestFields fields, string name)
    {
        const string Expected = "an array of one string or more";
        if (fields.Array(name, Expected) is not { } json) return null;
        if (json.GetArrayLength() == 0) throw FieldErrors.Empty(fields.PathOf(name), Expected);
        return new(
            new ChoiceGrammar([.. json.EnumerateArray().Select((choice, index) => choice.ValueKind == JsonValueKind.String
                ? choice.GetString()!
                : throw FieldErrors.WrongType($"{fields.PathOf(name)}[{index}]", choice.Describe(), "a string"))]),
            fields.PathOf(name));
    }
}
