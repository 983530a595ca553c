using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary><c>owner[key]</c>: an element, else the attribute of that name.</summary>
internal sealed class SubscriptExpression(Position at, Expression owner, Expression key) : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        var value = owner.Evaluate(scope);
        return Members.Item(value, key.Evaluate(scope), scope.Budget);
    }
}
