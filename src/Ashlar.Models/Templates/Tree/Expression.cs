using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>A node that has a value. Nodes are immutable and shared by all renderings.</summary>
internal abstract class Expression(Position at)
{
    public Position At => at;

    public Value Evaluate(Scope scope)
    {
        var budget = scope.Budget;
        budget.Step();
        budget.EnsureStack();

        // While a child is evaluated an error is the child's; afterwards it is this node's again.
        var outer = budget.At;
        budget.At = at;
        var value = Compute(scope);
        budget.At = outer;
        return value;
    }

    protected abstract Value Compute(Scope scope);
}
