using System.Text.Json;
using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Patterns;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// Reads what the assertions of one schema say about a value, leaving out those that combine schemas (<see
/// cref="ShapeBuilder"/>).
/// </summary>
internal sealed class ShapeReader(
    SchemaDocument document, KeywordReader keywords, CompileBudget budget, Func<Goal, Shape> shapeOf)
{
    private const int MaxPatterns = 6; // of patternProperties: their overlaps may be two to that power
    private const string DraftFour = "must be a number; this is how draft 4 wrote it, draft 2020-12 has the bound itself here";

    public Shape Read()
    {
        var shape = ReadTypes(out var integer);
        var numbers = shape.Numbers.IsEmpty ? NumberSet.None : ReadNumbers(integer);
        var strings = shape.Strings.IsEmpty ? StringSet.None : ReadStrings();
        var arrays = ReadArrays();
        var objects = ReadObjects();
        return shape with
        {
            Numbers = numbers,
            Strings = strings,
            Arrays = shape.Arrays.Count == 0 || arrays is null ? [] : [arrays],
            Objects = shape.Objects.Count == 0 || objects is null ? [] : [objects],
        };
    }

    private Shape ReadTypes(out bool integer)
    {
        integer = false;
        if (keywords.Find("type") is not { } type) return Shape.Any;
        List<string> names = type.ValueKind == JsonValueKind.String ? [type.GetString()!] : keywords.NamesIn(type, "type");
        if (keywords.Flag("nullable")) names.Add("null");
        if (names.Count == 0) throw keywords.Error("type", "allows no type; name one");
        var shape = Shape.None;
        integer = !names.Contains("number");
        foreach (var name in names)
        {
            shape = name switch
            {
                "null" => shape with { Null = true },
                "boolean" => shape with { True = true, False = true },
                "integer" or "number" => shape with { Numbers = NumberSet.All },
                "string" => shape with { Strings = StringSet.All },
                "array" => shape with { Arrays = Shape.Any.Arrays },
                "object" => shape with { Objects = Shape.Any.Objects },
                _ => throw keywords.Error(
                    "type", $"'{name}' is no type; there are null, boolean, integer, number, string, array, object"),
            };
        }

        return shape;
    }

    private NumberSet ReadNumbers(bool integer)
    {
        budget.Place = document.PlaceOf(keywords.Pointer);
        var min = Bound("minimum", "exclusiveMinimum", out var openMin);
        var max = Bound("maximum", "exclusiveMaximum", out var openMax);
        var set = NumberSet.All;
        if (integer) set = new(Decimals.Integers(budget), Decimals.IntegerSpelling(budget));
        if (min is not null) Meet(Decimals.Compared(min, order => order > 0 || (order == 0 && !openMin), budget));
        if (max is not null) Meet(Decimals.Compared(max, order => order < 0 || (order == 0 && !openMax), budget));
        if (set.IsEmpty)
        {
            var keyword = openMax ? "exclusiveMaximum" : "maximum";
            throw keywords.Error(keyword, $"no {(integer ? "integer" : "number")} is between {min} and {max}; widen the bounds");
        }

        if (integer && keywords.Text("format") is "int32" or "int64")
        {
            var high = keywords.Text("format") == "int32" ? int.MaxValue : long.MaxValue;
            Meet(Decimals.Compared(new(true, $"{(ulong)high + 1}", ""), order => order >= 0, budget));
            Meet(Decimals.Compared(new(false, $"{high}", ""), order => order <= 0, budget));
        }

        if (keywords.Number("multipleOf") is not { } step) return set;
        if (step.IsNegative || step.IsZero) throw keywords.Error("multipleOf", "must be greater than 0");
        var multiples = Decimals.MultiplesOf(step, budget)
            ?? throw keywords.Error("multipleOf", $"multiples of {step} need too large an automaton; use a step of fewer digits");
        Meet(multiples);
        return !set.IsEmpty ? set : throw keywords.Error("multipleOf", $"no multiple of {step} is within the bounds; widen them");

        void Meet(Dfa values) => set = set.And(new(values), budget);
    }

    private DecimalNumber? Bound(string closed, string open, out bool isOpen)
    {
        if (keywords.Find(open)?.ValueKind is JsonValueKind.True or JsonValueKind.False) throw keywords.Error(open, DraftFour);
        var (bound, strict) = (keywords.Number(closed), keywords.Number(open));
        isOpen = strict is not null;
        if (strict is null) return bound;
        if (bound is null) return strict;
        // Both: the narrower one counts.
        var order = Decimals.Compare(strict, bound) * (closed == "minimum" ? 1 : -1);
        isOpen = order >= 0;
        return isOpen ? strict : bound;
    }

    private StringSet ReadStrings()
    {
        budget.Place = document.PlaceOf(keywords.Pointer);
        var (min, max) = (keywords.Count("minLength") ?? 0, keywords.Count("maxLength"));
        if (min > max) throw keywords.Error("minLength", $"no string has {min} characters and at most {max}; widen the bounds");
        var set = StringSet.OfLength(min, max);
        if (keywords.Text("pattern") is { } pattern)
        {
            var matching = PatternCompiler.Search(pattern, document.PlaceOf(keywords.PointerTo("pattern")), budget);
            if (matching.IsEmpty) throw keywords.Error("pattern", "no string matches the pattern");
            set = set.And(new(matching), budget);
        }

        if (keywords.Text("format") is not { } format) return set;
        return Formats.Find(format, budget, out var known) is { } formatted ? set.And(new(formatted), budget)
            : known ? set
            : throw keywords.Error("format", $"the format '{format}' is not supported; use one of {Formats.Names}, or a pattern");
    }

    private ArrayShape? ReadArrays()
    {
        var (min, max) = (keywords.Count("minItems") ?? 0, keywords.Count("maxItems"));
        if (min > max) throw keywords.Error("minItems", $"no array has {min} items and at most {max}; widen the bounds");
        // Before draft 2020-12 a list of first items stood in "items", and the others in "additionalItems".
        var isOldList = keywords.Find("items") is { ValueKind: JsonValueKind.Array };
        var prefix = keywords.Goals(isOldList ? "items" : "prefixItems") ?? [];
        var rest = isOldList ? keywords.GoalOf("additionalItems") : keywords.GoalOf("items");
        ArrayShape.Containment? contains = null;
        if (keywords.GoalOf("contains") is { } contained)
        {
            contains = new(contained, keywords.Count("minContains") ?? 1, keywords.Count("maxContains"));
            if (contains.Min > contains.Max) throw keywords.Error("minContains", "is greater than maxContains");
            if (contains is { Min: 0, Max: null }) contains = null;
        }

        return new ArrayShape
        {
            Prefix = [.. prefix.Select(item => item.Goal)],
            Rest = rest ?? Goal.Any,
            RestIsEvaluated = rest is not null,
            Min = min,
            Max = max,
            Unique = keywords.Flag("uniqueItems"),
            Contains = contains,
        }.Tightened();
    }

    private ObjectShape? ReadObjects()
    {
        budget.Place = document.PlaceOf(keywords.Pointer);
        var (min, max) = (keywords.Count("minProperties") ?? 0, keywords.Count("maxProperties"));
        if (min > max)
        {
            throw keywords.Error("minProperties", $"no object has {min} properties and at most {max}; widen the bounds");
        }

        var others = ReadOthers();
        var shape = ObjectShape.Any with { Others = others, Min = min, Max = max };
        var required = keywords.Names("required");
        List<ObjectShape.Property> properties = [];
        var mandatory = required.ToHashSet(StringComparer.Ordinal);
        var patterns = keywords.Has("patternProperties");
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, goal, _) in keywords.Members("properties"))
        {
            // A name may also match patterns, whose schemas then hold too; "additional" ones do not.
            var joined = patterns ? Goal.And(goal, PatternGoalOf(name)) : goal;
            named.Add(name);
            properties.Add(new(name, AllowsName(name) ? joined : Goal.None, mandatory.Contains(name)));
        }

        foreach (var name in required.Where(named.Add)) properties.Add(new(name, shape.GoalOf(name), true));
        var impossible = properties.Exists(property => property is { Required: true, Goal.IsNone: true });
        return impossible ? null : shape with { Properties = properties };
    }

    private Goal PatternGoalOf(string name)
    {
        var joined = Goal.Any;
        foreach (var (pattern, goal, pointer) in keywords.Members("patternProperties"))
        {
            if (PatternCompiler.Search(pattern, document.PlaceOf(pointer), budget).Matches(name)) joined = Goal.And(joined, goal);
        }

        return joined;
    }

    private bool AllowsName(string name) =>
        keywords.GoalOf("propertyNames") is not { } names || shapeOf(names).Strings.ToDfa(budget).Matches(name);

    // The names that no property has, cut by which patterns they match.
    private List<ObjectShape.NameSet> ReadOthers()
    {
        List<(Dfa Names, Goal? Goal)> sets = [(Dfa.All, null)];
        var patterns = keywords.Members("patternProperties").ToList();
        if (patterns.Count > MaxPatterns)
        {
            throw keywords.Error(
                "patternProperties", FormattableString.Invariant($"has more than {MaxPatterns} patterns; join some with '|'"));
        }

        foreach (var (pattern, goal, pointer) in patterns)
        {
            var matching = PatternCompiler.Search(pattern, document.PlaceOf(pointer), budget);
            List<(Dfa, Goal?)> cut = [];
            foreach (var (names, known) in sets)
            {
                var inside = DfaOperations.And(names, matching, budget);
                var outside = DfaOperations.Except(names, matching, budget);
                if (!inside.IsEmpty) cut.Add((inside, known is null ? goal : Goal.And(known, goal)));
                if (!outside.IsEmpty) cut.Add((outside, known));
            }

            sets = cut;
        }

        var additional = keywords.GoalOf("additionalProperties");
        var allowed = keywords.GoalOf("propertyNames") is { } goalOfNames ? shapeOf(goalOfNames).Strings.ToDfa(budget) : Dfa.All;
        List<ObjectShape.NameSet> others = [];
        foreach (var (names, goal) in sets)
        {
            var value = goal ?? additional ?? Goal.Any;
            var kept = DfaOperations.And(names, allowed, budget);
            if (!kept.IsEmpty && !value.IsNone) others.Add(new(kept, value, goal is not null || additional is not null));
        }

        return others;
    }
}
