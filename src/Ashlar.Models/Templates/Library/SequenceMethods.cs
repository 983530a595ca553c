using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Methods of lists and tuples that change nothing.</summary>
internal static class SequenceMethods
{
    public static readonly RoutineTable OfTuple = new("method")
    {
        { "count", "value", (self, arguments, budget) =>
            IntValue.Of(((SequenceValue)self).Elements.Count(Equals(arguments[0]!, budget))) },
        { "index", "value, start?, stop?", Index },
    };

    public static readonly RoutineTable OfList = new("method")
    {
        OfTuple,
        { "copy", "", (self, _, _) => self },
    };

    private static Func<Value, bool> Equals(Value value, Budget budget) => element =>
    {
        budget.Step();
        return element.EqualTo(value, budget);
    };

    private static Value Index(Value self, BoundArguments arguments, Budget budget)
    {
        var elements = ((SequenceValue)self).Elements;
        var span = new SliceKey(arguments[1], arguments[2], null).Resolve(elements.Count, budget)
            ?? (0, elements.Count, 1, elements.Count);
        var isEqual = Equals(arguments[0]!, budget);
        for (var i = span.Start; i < span.Start + span.Count; i++)
        {
            if (isEqual(elements[i])) return IntValue.Of(i);
        }

        throw budget.Error($"{arguments[0]!.ToRepr(budget)} is not in {self.TypeName}");
    }
}
