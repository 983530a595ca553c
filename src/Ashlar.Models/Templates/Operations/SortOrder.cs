using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Operations;

/// <summary>
/// The order in which filters sort and group: Python's, with the case of letters ignored unless it is asked for.
/// </summary>
internal sealed class SortOrder(Budget budget, bool isCaseSensitive) : IComparer<Value>
{
    public int Compare(Value? left, Value? right)
    {
        var (a, b) = (Key(left!), Key(right!));
        return Comparison.IsLess(a, b, budget) ? -1 : Comparison.IsLess(b, a, budget) ? 1 : 0;
    }

    /// <summary>
    /// The elements in this order of their keys; equal ones stay as they were, also where the order is reversed.
    /// </summary>
    public List<T> Sort<T>(IReadOnlyCollection<T> elements, Func<T, Value> key, bool isDescending)
    {
        var sorted = isDescending ? elements.OrderByDescending(key, this) : elements.OrderBy(key, this);
        try
        {
            return [.. sorted];
        }
        catch (InvalidOperationException wrapped) when (wrapped.InnerException is TemplateException cause)
        {
            // The runtime wraps what a comparison throws; the cause is the error.
            throw cause;
        }
    }

    /// <summary>What is compared in the value's place.</summary>
    public Value Key(Value value)
    {
        if (isCaseSensitive || value is not StringValue { Text: var text }) return value;
        budget.AllocateText(text.Length);
        return new StringValue(CaseMapping.Lower(text));
    }
}
