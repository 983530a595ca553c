using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

internal sealed class BinaryExpression(
    Position at, Expression left, Expression right, Func<Value, Value, Budget, Value> operation)
    : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        var first = left.Evaluate(scope);
        return operation(first, right.Evaluate(scope), scope.Budget);
    }
}
