using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary><c>and</c> and <c>or</c>: the value of the operand that decided, as in Python.</summary>
internal sealed class LogicalExpression(Position at, Expression left, Expression right, bool isAnd) : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        var value = left.Evaluate(scope);
        return value.IsTrue == isAnd ? right.Evaluate(scope) : value;
    }
}
