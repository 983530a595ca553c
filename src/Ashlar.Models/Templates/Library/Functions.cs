using System.Numerics;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>The functions that every template finds: Jinja's, and the two that chat templates add.</summary>
internal static class Functions
{
    private static readonly RoutineTable Table = new("function")
    {
        { "cycler", "*", (_, arguments, budget) =>
            {
                budget.Allocate(128);
                return arguments.More.Count > 0
                    ? new CyclerValue(arguments.More)
                    : throw budget.Error("cycler needs at least one item");
            }
        },
        { "dict", "mapping?, **", MakeDict },
        { "joiner", "sep?", (_, arguments, _) => new JoinerValue(arguments[0] ?? new StringValue(", ")) },
        { "namespace", "mapping?, **", MakeNamespace },
        { "raise_exception", "message", (_, arguments, budget) =>
            throw new TemplateException(TemplateErrorKind.Raised, arguments[0]!.ToText(budget), budget.At)
        },
        { "range", "start, stop?, step?", Range },
    };

    public static IEnumerable<(string Name, Value Value)> Globals(TimeProvider clock)
    {
        foreach (var routine in Table) yield return (routine.Name, new RoutineValue(routine, NoneValue.Instance));
        var now = new Routine("function", "strftime_now", "format", (_, arguments, budget) =>
            new StringValue(DateText.Format(clock.GetLocalNow(), arguments.Text(0, ""), budget)));
        yield return (now.Name, new RoutineValue(now, NoneValue.Instance));
    }

    /// <summary>A dictionary from a mapping or from pairs, with named arguments added.</summary>
    private static DictValue MakeDict(Value self, BoundArguments arguments, Budget budget)
    {
        var dict = new DictValue(budget);
        if (arguments[0] is DictValue mapping)
        {
            foreach (var (key, value) in mapping.Entries) dict.Set(key, value);
        }
        else if (arguments[0] is { } pairs)
        {
            budget.EnsureDefined(pairs);
            foreach (var pair in pairs.IterateOrThrow(budget))
            {
                var parts = pair.ToElements(budget);
                if (parts.Count != 2) throw budget.Error("dict() takes a mapping or pairs");
                dict.Set(parts[0], parts[1]);
            }
        }

        foreach (var (name, value) in arguments.Named) dict.Set(new StringValue(name), value);
        return dict;
    }

    private static NamespaceValue MakeNamespace(Value self, BoundArguments arguments, Budget budget)
    {
        var space = new NamespaceValue();
        budget.Allocate(256);
        foreach (var (key, value) in MakeDict(self, arguments, budget).Entries)
        {
            var name = key is StringValue { Text: var text } ? text : throw budget.Error("a namespace's attributes have names");
            space.Set(name, value, budget);
        }

        return space;
    }

    private static RangeValue Range(Value self, BoundArguments arguments, Budget budget)
    {
        var (start, stop) = arguments[1] is { } end
            ? (Bound(arguments[0]!), Bound(end))
            : (BigInteger.Zero, Bound(arguments[0]!));
        var step = arguments[2] is { } by ? Bound(by) : BigInteger.One;
        if (step.IsZero) throw budget.Error("range() argument 3 must not be zero");
        var distance = step.Sign > 0 ? stop - start : start - stop;
        var count = distance.Sign <= 0 ? 0 : (distance - 1) / BigInteger.Abs(step) + 1;
        if (count > budget.Limits.RangeLength)
        {
            throw budget.Exceeded($"a range has more than {budget.Limits.RangeLength} elements");
        }

        return RangeValue.Of(start, step, (int)count, stop, budget);

        BigInteger Bound(Value value) => Numbers.TryInteger(value, out var number)
            ? number
            : throw budget.Error(value, $"'{value.TypeName}' object cannot be interpreted as an integer");
    }
}
