using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Filters that take sequences apart and put them together.</summary>
internal static class SequenceFilters
{
    public static readonly RoutineTable Table = new("filter")
    {
        { "batch", "linecount, fill_with?", (input, arguments, budget) => new GeneratorValue(
            Batch(input.IterateOrThrow(budget), arguments.Integer(0, 1), arguments.IsGiven(1) ? arguments[1] : null, budget)) },
        { "first", "", (input, _, budget) =>
            input.IterateOrThrow(budget).FirstOrDefault() ?? new UndefinedValue("No first item, sequence was empty.") },
        { "items", "", (input, _, budget) => input switch
            {
                UndefinedValue => new GeneratorValue([]),
                DictValue dict => new GeneratorValue(dict.Entries.Select(DictView.Pair)),
                _ => throw budget.Error("items: can only get item pairs from a mapping"),
            }
        },
        { "join", "d?, attribute?", Join },
        { "last", "", Last },
        { "list", "", (input, _, budget) =>
            {
                var elements = input.ToElements(budget);
                if (input is not ListValue) budget.AllocateElements(elements.Count);
                return new ListValue(elements);
            }
        },
        { "reverse", "", Reverse },
        { "slice", "slices, fill_with?", (input, arguments, budget) => new GeneratorValue(
            Slice(input.ToElements(budget), arguments.Integer(0, 1), arguments.IsGiven(1) ? arguments[1] : null, budget)) },
    };

    private static IEnumerable<Value> Batch(IEnumerable<Value> elements, int size, Value? fill, Budget budget)
    {
        var batch = new List<Value>();
        foreach (var element in elements)
        {
            if (batch.Count == size)
            {
                yield return new ListValue(batch);
                batch = [];
            }

            budget.AllocateElements(1);
            batch.Add(element);
        }

        if (batch.Count == 0) yield break;
        if (fill is not null && size > batch.Count)
        {
            budget.AllocateElements(size - batch.Count);
            batch.AddRange(Enumerable.Repeat(fill, size - batch.Count));
        }

        yield return new ListValue(batch);
    }

    private static IEnumerable<Value> Slice(IReadOnlyList<Value> elements, int count, Value? fill, Budget budget)
    {
        if (count == 0) throw budget.Error("integer division or modulo by zero");
        var (size, longer) = (elements.Count / count, elements.Count % count);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            var length = size + (i < longer ? 1 : 0);
            budget.AllocateElements(length + 1);
            var slice = new List<Value>(length + 1);
            for (var end = at + length; at < end; at++) slice.Add(elements[at]);
            if (fill is not null && i >= longer) slice.Add(fill);
            yield return new ListValue(slice);
        }
    }

    private static StringValue Join(Value input, BoundArguments arguments, Budget budget)
    {
        var separator = arguments[0]?.ToText(budget) ?? "";
        var path = Members.ParsePath(arguments[1], budget);
        var sink = new TextSink(budget);
        var isFirst = true;
        foreach (var element in input.IterateOrThrow(budget))
        {
            budget.Step();
            if (!isFirst) sink.Append(separator);
            isFirst = false;
            Members.Path(element, path, budget).WriteText(sink);
        }

        return sink.ToValue();
    }

    private static Value Last(Value input, BoundArguments arguments, Budget budget)
    {
        if (input is GeneratorValue) throw budget.Error("'generator' object is not reversible; use list before last");
        var elements = input.ToElements(budget);
        return elements.Count > 0 ? elements[^1] : new UndefinedValue("No last item, sequence was empty.");
    }

    private static Value Reverse(Value input, BoundArguments arguments, Budget budget)
    {
        if (input is StringValue text) return text.Item(new SliceKey(null, null, IntValue.Of(-1)), budget)!;
        var elements = input.ToElements(budget);
        budget.AllocateElements(elements.Count);
        return new GeneratorValue(elements.Reverse());
    }
}
