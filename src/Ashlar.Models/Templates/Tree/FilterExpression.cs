using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>
/// <c>input | filter(arguments)</c>. A filter block has no input of its own; it applies the filter to its text.
/// </summary>
internal sealed class FilterExpression(Position at, Expression? input, Routine filter, ArgumentList arguments) : Expression(at)
{
    /// <summary>Applies the chain of filters to a text captured by a block.</summary>
    public Value ApplyTo(Value captured, Scope scope)
    {
        scope.Budget.EnsureStack();
        var value = input is FilterExpression inner ? inner.ApplyTo(captured, scope) : captured;
        scope.Budget.At = At;
        return filter.Invoke(value, arguments.Evaluate(scope), scope.Budget);
    }

    protected override Value Compute(Scope scope)
    {
        var value = input!.Evaluate(scope);
        return filter.Invoke(value, arguments.Evaluate(scope), scope.Budget);
    }
}
