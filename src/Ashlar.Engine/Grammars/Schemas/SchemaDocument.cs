using System.Text.Json;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// The schemas of a document by number: those it is made of, constants as schemas, and negations. Resolves references within the
/// document; others are an error, for nothing is fetched.
/// </summary>
internal sealed class SchemaDocument
{
    /// <summary>The number of the schema <c>false</c>.</summary>
    public const int False = 0;

    private readonly List<SchemaNode> _nodes = [new SchemaNode.Keywords(default, "#")];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<Goal, int> _negations = [];
    private readonly Dictionary<string, (JsonElement Schema, string Pointer)> _names = new(StringComparer.Ordinal);
    private readonly JsonElement _root;
    private readonly string _place;
    private readonly CompileBudget _budget;

    /// <param name="text">The document.</param>
    /// <param name="place">Where it stands, before the pointers of messages: often nothing.</param>
    /// <param name="budget">What it may cost.</param>
    /// <exception cref="GrammarException">It is no JSON, too long, or nested too deep.</exception>
    public SchemaDocument(string text, string place, CompileBudget budget)
    {
        (_place, _budget) = (place, budget);
        if (text.Length > GrammarLimits.SourceLength)
        {
            throw Error("#", FormattableString.Invariant(
                $"the schema has {text.Length} characters; {GrammarLimits.SourceLength} are the most"));
        }

        try
        {
            var options = new JsonDocumentOptions { MaxDepth = GrammarLimits.Nesting, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(text, options);
            _root = document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw Error("#", $"the schema is no JSON, or nested deeper than {GrammarLimits.Nesting}: {error.Message}");
        }

        try
        {
            FindNames(_root, "#", "", isSchema: true);
        }
        catch (InvalidOperationException)
        {
            throw Error("#", "a string of the schema has half a surrogate pair, which is no character");
        }
    }

    public Goal Root => GoalOf(_root, "#");

    public SchemaNode this[int number] => _nodes[number];

    /// <summary>A message with the place of the document before the pointer.</summary>
    public GrammarException Error(string pointer, string problem) => new(PlaceOf(pointer), problem);

    public string PlaceOf(string pointer) => _place.Length == 0 ? pointer : $"{_place}: {pointer}";

    /// <summary>The goal of a schema of the document.</summary>
    public Goal GoalOf(JsonElement schema, string pointer)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                return Goal.Any;
            case JsonValueKind.False:
                return Goal.None;
            case JsonValueKind.Object:
                if (!schema.EnumerateObject().MoveNext()) return Goal.Any;
                if (!_numbers.TryGetValue(pointer, out var number))
                {
                    number = Add(new SchemaNode.Keywords(schema, pointer));
                    _numbers.Add(pointer, number);
                }

                return Goal.Of(number);
            default:
                throw Error(pointer, "a schema is an object, true or false");
        }
    }

    /// <summary>The goal of being this value.</summary>
    public Goal GoalOfConstant(JsonElement value, string pointer)
    {
        var key = $"={value.GetRawText()}";
        if (!_numbers.TryGetValue(key, out var number)) _numbers.Add(key, number = Add(new SchemaNode.Constant(value, pointer)));
        return Goal.Of(number);
    }

    public Goal Not(Goal goal, string pointer)
    {
        if (goal.IsAny) return Goal.None;
        if (goal.IsNone) return Goal.Any;
        if (_negations.TryGetValue(goal, out var number)) return Goal.Of(number);
        _negations.Add(goal, number = Add(new SchemaNode.Negation(goal, pointer)));
        return Goal.Of(number);
    }

    /// <summary>What a reference names.</summary>
    public Goal Resolve(string reference, string pointer)
    {
        _budget.Spend(10);
        if (_names.TryGetValue(reference, out var named)) return GoalOf(named.Schema, named.Pointer);
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var (schema, at) = (_root, "#");
        if (hash > 0)
        {
            if (!_names.TryGetValue(reference[..hash], out named)) throw Unresolved();
            (schema, at) = named;
        }

        if (hash < 0 || (hash + 1 < reference.Length && reference[hash + 1] != '/')) throw Unresolved();
        foreach (var part in reference[(hash + 1)..].Split('/').Skip(1))
        {
            var name = Unescape(part);
            at = $"{at}/{Escape(name)}";
            schema = Member(schema, name) ?? throw Unresolved();
        }

        return GoalOf(schema, at);

        GrammarException Unresolved() => Error(
            pointer, $"nothing in the document is named '{reference}'; put the schema into $defs and refer to '#/$defs/NAME'");
    }

    /// <summary>A name as a part of a JSON pointer.</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Unescape(string part) =>
        Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static JsonElement? Member(JsonElement parent, string name) => parent.ValueKind switch
    {
        JsonValueKind.Object when parent.TryGetProperty(name, out var member) => member,
        JsonValueKind.Array when int.TryParse(name, out var index) && (uint)index < parent.GetArrayLength() => parent[index],
        _ => null,
    };

    private int Add(SchemaNode node)
    {
        _budget.Spend(10);
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    // Everything with an $id, $anchor or $dynamicAnchor, by the references that may name it.
    // Looks at every string on the way, so that none is found to be no text later.
    private void FindNames(JsonElement element, string pointer, string resource, bool isSchema)
    {
        _budget.Spend(2);
        if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray()) FindNames(item, $"{pointer}/{index++}", resource, isSchema);
            return;
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        if (isSchema && TextOf(element, "$id") is { } id)
        {
            resource = id.TrimEnd('#');
            _names.TryAdd(resource, (element, pointer));
        }

        foreach (var keyword in (ReadOnlySpan<string>)["$anchor", "$dynamicAnchor"])
        {
            if (!isSchema || TextOf(element, keyword) is not { } anchor) continue;
            _names.TryAdd($"#{anchor}", (element, pointer));
            _names.TryAdd($"{resource}#{anchor}", (element, pointer));
        }

        foreach (var member in element.EnumerateObject())
        {
            var inner = isSchema && member.Name is not ("const" or "enum" or "default" or "examples");
            FindNames(member.Value, $"{pointer}/{Escape(member.Name)}", resource, inner);
        }

        static string? TextOf(JsonElement element, string keyword) =>
            element.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}

/// <summary>A schema with a number.</summary>
internal abstract record SchemaNode(string Pointer)
{
    public sealed record Keywords(JsonElement Schema, string Pointer) : SchemaNode(Pointer);

    public sealed record Constant(JsonElement Value, string Pointer) : SchemaNode(Pointer);

    public sealed record Negation(Goal Goal, string Pointer) : SchemaNode(Pointer);
}
