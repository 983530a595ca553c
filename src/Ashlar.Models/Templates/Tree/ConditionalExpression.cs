using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary><c>a if condition else b</c>; without the else part it may be undefined.</summary>
internal sealed class ConditionalExpression(
    Position at, Expression condition, Expression then, Expression? otherwise) : Expression(at)
{
    private static readonly UndefinedValue NoElse = new("the inline if-expression evaluated to false and has no else part");

    protected override Value Compute(Scope scope) =>
        condition.Evaluate(scope).IsTrue ? then.Evaluate(scope) : otherwise?.Evaluate(scope) ?? NoElse;
}
