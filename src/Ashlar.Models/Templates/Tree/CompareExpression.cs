using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>
/// A chain such as <c>1 &lt; x &lt;= 3</c>: true where each neighbouring pair compares true; it stops at the first that
/// does not.
/// </summary>
internal sealed class CompareExpression(
    Position at,
    Expression first,
    IReadOnlyList<(Func<Value, Value, Budget, bool> Holds, Expression Right)> chain) : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        var left = first.Evaluate(scope);
        foreach (var (holds, operand) in chain)
        {
            var right = operand.Evaluate(scope);
            if (!holds(left, right, scope.Budget)) return BoolValue.False;
            left = right;
        }

        return BoolValue.True;
    }
}
