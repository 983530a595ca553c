namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>The words of a schema that are read, and those that say nothing about values. Any other is an error.</summary>
internal static class Keywords
{
    public static readonly HashSet<string> Read = new(StringComparer.Ordinal)
    {
        "type", "nullable", "const", "enum", "$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "not",
        "if", "then", "else",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "pattern", "format",
        "items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "unevaluatedItems",
        "contains", "minContains", "maxContains",
        "properties", "required", "additionalProperties", "patternProperties", "propertyNames",
        "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
    };

    public static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "$schema", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$defs", "definitions", "$comment", "$vocabulary",
        "id", "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly",
        "contentEncoding", "contentMediaType", "contentSchema", "discriminator", "xml", "externalDocs", "markdownDescription",
        "enumNames", "enumDescriptions", "propertyOrdering", "errorMessage", "strict", "name",
    };

    /// <summary>What helps where a word is not read.</summary>
    public static string MendOf(string keyword)
    {
        if (keyword == "dependencies") return "use dependentRequired or dependentSchemas";
        var near = Read.Concat(Annotations).Where(word => Distance(word, keyword) <= 2).MinBy(word => Distance(word, keyword));
        return near is null ? "remove it, or begin its name with x- if it restricts nothing" : $"did you mean '{near}'?";
    }

    // How many letters must be changed, put in or left out; more than 2 is not told apart.
    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 2 || right.Length > 40) return 3;
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var changed = diagonal + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
