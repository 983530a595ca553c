using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

internal sealed class UnaryExpression(Position at, Expression operand, Func<Value, Budget, Value> operation) : Expression(at)
{
    protected override Value Compute(Scope scope) => operation(operand.Evaluate(scope), scope.Budget);
}
