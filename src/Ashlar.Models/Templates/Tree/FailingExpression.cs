using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>A filter or test that does not exist, in a branch that may never be taken: an error once it is evaluated.</summary>
internal sealed class FailingExpression(Position at, string reason) : Expression(at)
{
    protected override Value Compute(Scope scope) => throw scope.Budget.Error(reason);
}
