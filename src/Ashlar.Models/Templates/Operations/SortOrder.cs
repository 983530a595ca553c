using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Operations;

/// <summary>The order in which filters sort and group: Python's, with the case of letters ignored unless it is asked for.</summary>
internal sealed class SortOrder(Budget budget, bool isCaseSensitive) : IComparer<Value>
{
    public int Compare(Value? left, Value? right)
    {
        var (a, b) = (Key(left!), Key(right!));
        return Comparison.IsLess(a, b, budget) ? -1 : Comparison.IsLess(b, a, budget) ? 1 : 0;
    }

    /// <summary>What is compared in the value's place.</summary>
    public Value Key(Value value)
    {
        if (isCaseSensitive || value is not StringValue { Text: var text }) return value;
        budget.AllocateText(text.Length);
        return new StringValue(CaseMapping.Lower(text));
    }
}
