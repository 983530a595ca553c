using System.Text.Json;
using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>Finds the values that a goal allows: what each of its schemas asserts, combined.</summary>
internal sealed class ShapeBuilder(SchemaDocument document, CompileBudget budget)
{
    private const int MaxDepth = 400;

    private readonly Dictionary<int, Shape?> _shapes = []; // null while being found
    private readonly Dictionary<Goal, Shape> _goals = [];
    private readonly ShapeAlgebra _algebra = new(document, budget);
    private int _depth;

    /// <summary>Where the first goal that allows nothing was found, if one was.</summary>
    public string? EmptyPointer { get; private set; }

    /// <exception cref="GrammarException">A schema is malformed, or beyond what can be compiled.</exception>
    public Shape Of(Goal goal)
    {
        if (goal.IsAny) return Shape.Any;
        if (_goals.TryGetValue(goal, out var known)) return known;
        var shape = Shape.Any;
        var pointer = "#";
        foreach (var schema in goal.Schemas)
        {
            pointer = document[schema].Pointer;
            shape = _algebra.And(shape, Of(schema), pointer);
        }

        if (shape.IsEmpty && !goal.IsNone) EmptyPointer ??= pointer;
        _goals.Add(goal, shape);
        return shape;
    }

    private Shape Of(int schema)
    {
        if (schema == SchemaDocument.False) return Shape.None;
        var node = document[schema];
        if (_shapes.TryGetValue(schema, out var known))
        {
            return known ?? throw document.Error(
                node.Pointer, "the schema refers to itself for the same value, which says nothing");
        }

        budget.Spend(20);
        if (++_depth > MaxDepth) throw document.Error(node.Pointer, "the schema is built of too many others within others");
        _shapes[schema] = null;
        var place = budget.Place;
        budget.Place = document.PlaceOf(node.Pointer);
        var shape = node switch
        {
            SchemaNode.Keywords keywords => OfKeywords(keywords),
            SchemaNode.Constant constant => OfConstants([constant.Value], node.Pointer),
            SchemaNode.Negation negation => _algebra.Not(Of(negation.Goal), node.Pointer),
            _ => throw new InvalidOperationException($"no such node: {node}"),
        };
        budget.Place = place;
        _depth--;
        _shapes[schema] = shape;
        return shape;
    }

    private Shape OfKeywords(SchemaNode.Keywords node)
    {
        var keywords = new KeywordReader(document, node.Schema, node.Pointer);
        foreach (var member in node.Schema.EnumerateObject())
        {
            var name = member.Name;
            if (Keywords.Read.Contains(name) || Keywords.Annotations.Contains(name)) continue;
            if (name.StartsWith("x-", StringComparison.Ordinal)) continue;
            throw keywords.Error(name, $"the keyword '{name}' is not supported; {Keywords.MendOf(name)}");
        }

        var shape = new ShapeReader(document, keywords, budget, Of).Read();
        if (keywords.Find("const") is { } constant) Meet(OfConstants([constant], keywords.PointerTo("const")), "const");
        if (keywords.Find("enum") is { } values)
        {
            if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() == 0)
            {
                throw keywords.Error("enum", "must list one value or more");
            }

            Meet(OfConstants([.. values.EnumerateArray()], keywords.PointerTo("enum")), "enum");
        }

        foreach (var reference in (ReadOnlySpan<string>)["$ref", "$dynamicRef", "$recursiveRef"])
        {
            if (keywords.Text(reference) is not { } target) continue;
            Meet(Of(document.Resolve(target, keywords.PointerTo(reference))), reference);
        }

        foreach (var (goal, pointer) in Listed("allOf")) shape = _algebra.And(shape, Of(goal), pointer);
        if (keywords.Has("anyOf"))
        {
            var any = Shape.None;
            foreach (var (goal, pointer) in Listed("anyOf")) any = _algebra.Or(any, Of(goal), pointer);
            Meet(any, "anyOf");
        }

        if (keywords.Has("oneOf")) Meet(OneOf(Listed("oneOf")), "oneOf");
        if (keywords.GoalOf("not") is { } not) Meet(_algebra.Not(Of(not), keywords.PointerTo("not")), "not");
        var branches = keywords.Has("then") || keywords.Has("else");
        if (branches && keywords.GoalOf("if") is { } condition) Meet(OfCondition(condition), "if");
        foreach (var (name, value, _) in keywords.Entries("dependentRequired"))
        {
            var needed = Shape.Any with { Objects = Required([name, .. keywords.NamesIn(value, "dependentRequired")]) };
            Meet(_algebra.Or(Without(name), needed, keywords.Pointer), "dependentRequired");
        }

        foreach (var (name, goal, pointer) in keywords.Members("dependentSchemas"))
        {
            var needed = _algebra.And(Shape.Any with { Objects = Required([name]) }, Of(goal), pointer);
            Meet(_algebra.Or(Without(name), needed, keywords.Pointer), "dependentSchemas");
        }

        return Unevaluated(keywords, shape);

        void Meet(Shape other, string keyword) => shape = _algebra.And(shape, other, keywords.PointerTo(keyword));

        IReadOnlyList<(Goal Goal, string Pointer)> Listed(string keyword)
        {
            var goals = keywords.Goals(keyword) ?? [];
            if (goals.Count == 0 && keywords.Has(keyword)) throw keywords.Error(keyword, "must list one schema or more");
            return goals;
        }

        Shape OfCondition(Goal condition)
        {
            var (then, otherwise) = (keywords.GoalOf("then") ?? Goal.Any, keywords.GoalOf("else") ?? Goal.Any);
            var met = _algebra.And(Of(condition), Of(then), keywords.PointerTo("then"));
            var pointer = keywords.PointerTo("if");
            var unmet = _algebra.And(_algebra.Not(Of(condition), pointer), Of(otherwise), keywords.PointerTo("else"));
            return _algebra.Or(met, unmet, pointer);
        }
    }

    // Objects that need not have the name's schema, because they do not have the name; and all that are no objects.
    private static Shape Without(string name) =>
        Shape.Any with { Objects = ObjectShape.Any.With(name, Goal.None, false) is { } without ? [without] : [] };

    private static List<ObjectShape> Required(List<string> names)
    {
        var shape = names.Aggregate((ObjectShape?)ObjectShape.Any, (known, name) => known?.With(name, Goal.Any, true));
        return shape is null ? [] : [shape];
    }

    // Scalars of exactly one alternative are computed; arrays and objects must be seen to belong to no two.
    private Shape OneOf(IReadOnlyList<(Goal Goal, string Pointer)> goals)
    {
        var shapes = goals.Select(goal => Of(goal.Goal)).ToArray();
        var (once, twice) = (Shape.None, Shape.None);
        for (var i = 0; i < shapes.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (left, right) = (Composite(shapes[j]), Composite(shapes[i]));
                if (_algebra.AreDisjoint(left, right, Of)) continue;
                throw document.Error(
                    goals[i].Pointer, $"an object or array may match this and {goals[j].Pointer} at once, which oneOf forbids and "
                    + "a grammar cannot tell; use anyOf, or require a property with a different const in each");
            }

            var scalars = shapes[i] with { Arrays = [], Objects = [] };
            twice = _algebra.Or(twice, _algebra.And(once, scalars, goals[i].Pointer), goals[i].Pointer);
            once = _algebra.Or(once, shapes[i], goals[i].Pointer);
        }

        return twice.IsEmpty ? once : once with
        {
            Null = once.Null && !twice.Null,
            True = once.True && !twice.True,
            False = once.False && !twice.False,
            Numbers = twice.Numbers.IsEmpty ? once.Numbers : once.Numbers.And(twice.Numbers.Not(budget), budget),
            Strings = twice.Strings.IsEmpty ? once.Strings : once.Strings.And(twice.Strings.Not(budget), budget),
        };

        static Shape Composite(Shape shape) => Shape.None with { Arrays = shape.Arrays, Objects = shape.Objects };
    }

    private static Shape Unevaluated(KeywordReader keywords, Shape shape)
    {
        if (keywords.GoalOf("unevaluatedProperties") is { } property)
        {
            shape = shape with
            {
                Objects = [.. shape.Objects.Select(item => item with
                {
                    Others = [.. item.Others.Select(set =>
                        set.IsEvaluated ? set : set with { Goal = Goal.And(set.Goal, property), IsEvaluated = true })
                        .Where(set => !set.Goal.IsNone)],
                })],
            };
        }

        return keywords.GoalOf("unevaluatedItems") is not { } rest ? shape : shape with
        {
            Arrays = [.. shape.Arrays.Select(array => array.RestIsEvaluated
                ? array
                : (array with { Rest = Goal.And(array.Rest, rest), RestIsEvaluated = true }).Tightened()).OfType<ArrayShape>()],
        };
    }

    private Shape OfConstants(IReadOnlyList<JsonElement> values, string pointer)
    {
        var shape = Shape.None;
        List<string> strings = [];
        List<DecimalNumber> numbers = [];
        List<ArrayShape> arrays = [];
        List<ObjectShape> objects = [];
        foreach (var value in values)
        {
            budget.Spend(4);
            switch (value.ValueKind)
            {
                case JsonValueKind.Null:
                    shape = shape with { Null = true };
                    break;
                case JsonValueKind.True:
                    shape = shape with { True = true };
                    break;
                case JsonValueKind.False:
                    shape = shape with { False = true };
                    break;
                case JsonValueKind.Number:
                    numbers.Add(Decimals.Parse(value.GetRawText())
                        ?? throw document.Error(pointer, "the number has too many digits"));
                    break;
                case JsonValueKind.String:
                    strings.Add(value.GetString()!);
                    break;
                case JsonValueKind.Array:
                    arrays.Add(OfArray(value, pointer));
                    break;
                default:
                    objects.Add(OfObject(value, pointer));
                    break;
            }
        }

        return shape with
        {
            Numbers = numbers.Count == 0 ? NumberSet.None : Decimals.Of(numbers, budget),
            Strings = strings.Count == 0 ? StringSet.None : new(Dfa.Of(strings, budget)),
            Arrays = arrays,
            Objects = objects,
        };
    }

    private ArrayShape OfArray(JsonElement value, string pointer) => new()
    {
        Prefix = [.. value.EnumerateArray().Select(item => document.GoalOfConstant(item, pointer))],
        Rest = Goal.None,
        RestIsEvaluated = true,
        Min = value.GetArrayLength(),
        Max = value.GetArrayLength(),
    };

    private ObjectShape OfObject(JsonElement value, string pointer) => new()
    {
        Properties =
        [
            .. value.EnumerateObject().Select(member =>
                new ObjectShape.Property(member.Name, document.GoalOfConstant(member.Value, pointer), true)),
        ],
        Others = [],
    };
}
