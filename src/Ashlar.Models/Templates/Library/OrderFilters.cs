using Ashlar.Models.Templates.Operations;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Filters that sort, group and compare; the case of letters is ignored unless it is asked for.</summary>
internal static class OrderFilters
{
    public static readonly RoutineTable Table = new("filter")
    {
        { "dictsort", "case_sensitive?, by?, reverse?", SortDict },
        { "groupby", "attribute, default?, case_sensitive?", GroupBy },
        { "max", "case_sensitive?, attribute?", (input, arguments, budget) => Extreme(input, arguments, budget, isMax: true) },
        { "min", "case_sensitive?, attribute?", (input, arguments, budget) => Extreme(input, arguments, budget, isMax: false) },
        { "sort", "reverse?, case_sensitive?, attribute?", (input, arguments, budget) =>
            {
                var paths = ParsePaths(arguments[2], budget);
                var order = new SortOrder(budget, arguments.Flag(1));
                return Sort(input.ToElements(budget), element => Keys(element, paths, order, budget), arguments.Flag(0), budget);
            }
        },
        { "unique", "case_sensitive?, attribute?", (input, arguments, budget) => new GeneratorValue(
            Unique(
                input.IterateOrThrow(budget), new(budget, arguments.Flag(0)), Members.ParsePath(arguments[1], budget), budget)) },
    };

    /// <summary>Several attributes may be given, with commas; the later ones decide where the earlier are equal.</summary>
    private static Value[][] ParsePaths(Value? attribute, Budget budget)
    {
        if (attribute is not StringValue { Text: var text }) return [Members.ParsePath(attribute, budget)];
        budget.AllocateElements(text.AsSpan().Count(',') + 1);
        return [.. text.Split(',').Select(part => Members.ParsePath(new StringValue(part), budget))];
    }

    private static Value Keys(Value element, Value[][] paths, SortOrder order, Budget budget) => paths is [var path]
        ? order.Key(Members.Path(element, path, budget))
        : new ListValue([.. paths.Select(part => order.Key(Members.Path(element, part, budget)))]);

    private static ListValue Sort(IReadOnlyList<Value> elements, Func<Value, Value> key, bool isDescending, Budget budget)
    {
        budget.AllocateElements(2 * elements.Count);
        var keyed = elements.Select(element => (Key: key(element), Element: element)).ToList();

        // Keys carry the letter case already.
        var sorted = new SortOrder(budget, isCaseSensitive: true).Sort(keyed, pair => pair.Key, isDescending);
        return new([.. sorted.Select(pair => pair.Element)]);
    }

    private static ListValue SortDict(Value input, BoundArguments arguments, Budget budget)
    {
        if (input is not DictValue dict) throw budget.Error($"dictsort takes a mapping, not {input.TypeName}");
        var by = arguments.Text(1, "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw budget.Error("dictsort: by must be 'key' or 'value'"),
        };
        var order = new SortOrder(budget, arguments.Flag(0));
        budget.AllocateElements(3 * dict.Entries.Count);
        List<Value> pairs = [.. dict.Entries.Select(DictView.Pair)];
        return Sort(pairs, pair => order.Key(((TupleValue)pair).Elements[by]), arguments.Flag(2), budget);
    }

    private static Value Extreme(Value input, BoundArguments arguments, Budget budget, bool isMax)
    {
        var order = new SortOrder(budget, arguments.Flag(0));
        var path = Members.ParsePath(arguments[1], budget);
        (Value Key, Value Element)? best = null;
        foreach (var element in input.IterateOrThrow(budget))
        {
            budget.Step();
            var key = order.Key(Members.Path(element, path, budget));
            var isBetter = best is null
                || (isMax ? Comparison.IsGreater(key, best.Value.Key, budget) : Comparison.IsLess(key, best.Value.Key, budget));
            if (isBetter) best = (key, element);
        }

        return best?.Element ?? new UndefinedValue("No aggregated item, sequence was empty.");
    }

    private static ListValue GroupBy(Value input, BoundArguments arguments, Budget budget)
    {
        var path = Members.ParsePath(arguments[0], budget);
        var isCaseSensitive = arguments.Flag(2);
        var order = new SortOrder(budget, isCaseSensitive);
        var groups = new List<Value>();
        List<Value> members = [];
        Value? current = null;
        var sorted = Sort(input.ToElements(budget), element => order.Key(Grouper(element)), isDescending: false, budget);
        foreach (var element in sorted.Elements)
        {
            var key = order.Key(Grouper(element));
            if (current is null || !key.EqualTo(current, budget))
            {
                members = [];
                budget.AllocateElements(4);

                // Groups are named by their first member's value as it is written.
                groups.Add(new TupleValue([Grouper(element), new ListValue(members)], ["grouper", "list"]));
                current = key;
            }

            members.Add(element);
        }

        return new(groups);

        Value Grouper(Value element) => Members.Path(element, path, arguments[1], budget);
    }

    private static IEnumerable<Value> Unique(IEnumerable<Value> elements, SortOrder order, Value[] path, Budget budget)
    {
        var seen = new DictValue(budget);
        foreach (var element in elements)
        {
            var key = order.Key(Members.Path(element, path, budget));
            if (!key.IsHashable) key.Hash(budget);
            if (seen.Find(key) is not null) continue;
            seen.Set(key, NoneValue.Instance);
            yield return element;
        }
    }
}
