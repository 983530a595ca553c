using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>The <c>start:stop:step</c> of a subscript.</summary>
internal sealed class SliceExpression(Position at, Expression? start, Expression? stop, Expression? step) : Expression(at)
{
    protected override Value Compute(Scope scope) =>
        new SliceKey(start?.Evaluate(scope), stop?.Evaluate(scope), step?.Evaluate(scope));
}
