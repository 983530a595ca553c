using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Operations;

/// <summary>Python's orders and memberships.</summary>
internal static class Comparison
{
    public static bool IsLess(Value left, Value right, Budget budget) => Order("<", left, right, budget) < 0;

    public static bool IsAtMost(Value left, Value right, Budget budget) => Order("<=", left, right, budget) <= 0;

    public static bool IsGreater(Value left, Value right, Budget budget) => Order(">", left, right, budget) > 0;

    public static bool IsAtLeast(Value left, Value right, Budget budget) => Order(">=", left, right, budget) >= 0;

    /// <summary>Whether an element occurs in a container, as <c>in</c> asks.</summary>
    public static bool Contains(Value container, Value element, Budget budget)
    {
        switch (container)
        {
            case StringValue text:
                if (element is not StringValue part)
                {
                    throw budget.Error(element, $"'in <string>' requires a string on its left, not {element.TypeName}");
                }

                return TextSearch.Contains(text.Text, part.Text, budget);
            case DictValue dict:
                _ = element.Hash(budget);
                return dict.Find(element) is not null;
            case NamespaceValue:
                throw budget.Error("argument of type 'Namespace' is not iterable");
        }

        var elements = container.Iterate(budget)
            ?? throw budget.Error($"argument of type '{container.TypeName}' is not iterable");
        foreach (var candidate in elements)
        {
            budget.Step();
            if (ReferenceEquals(candidate, element) || candidate.EqualTo(element, budget)) return true;
        }

        return false;
    }

    /// <summary>
    /// Negative, zero or positive; null where the values are unordered (NaN), so that every comparison is false.
    /// </summary>
    private static int? Order(string operation, Value left, Value right, Budget budget)
    {
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right)) return Numbers.Compare(left, right);
        if (left is StringValue a && right is StringValue b) return StringText.Compare(a.Text, b.Text, budget);
        if (left is ListValue or TupleValue && left.GetType() == right.GetType())
        {
            return OrderElements(operation, ((SequenceValue)left).Elements, ((SequenceValue)right).Elements, budget);
        }

        throw budget.Error(
            left, right, $"'{operation}' not supported between instances of '{left.TypeName}' and '{right.TypeName}'");
    }

    private static int? OrderElements(string operation, IReadOnlyList<Value> left, IReadOnlyList<Value> right, Budget budget)
    {
        budget.Enter();
        var order = (int?)left.Count.CompareTo(right.Count);
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            budget.Step();
            if (left[i].EqualTo(right[i], budget)) continue;
            order = Order(operation, left[i], right[i], budget);
            break;
        }

        budget.Leave();
        return order;
    }
}
