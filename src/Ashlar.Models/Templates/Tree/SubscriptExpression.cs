using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary><c>owner[key]</c>: an element, else the attribute of that name.</summary>
internal sealed class SubscriptExpression(Position at, Expression owner, Expression key) : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        var (value, budget) = (owner.Evaluate(scope), scope.Budget);
        var index = key.Evaluate(scope);
        if (index is not SliceKey || value is UndefinedValue) return Members.Item(value, index, budget);

        // Unlike a missing element, a slice that cannot be taken is an error.
        return value.Item(index, budget) ?? throw budget.Error($"'{value.TypeName}' object cannot be sliced by these parts");
    }
}
