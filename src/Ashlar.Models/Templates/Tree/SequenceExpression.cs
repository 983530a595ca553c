using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>A list or tuple written out.</summary>
internal sealed class SequenceExpression(Position at, IReadOnlyList<Expression> elements, bool isTuple) : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        scope.Budget.AllocateElements(elements.Count);
        var values = new Value[elements.Count];
        for (var i = 0; i < values.Length; i++) values[i] = elements[i].Evaluate(scope);
        return isTuple ? new TupleValue(values) : new ListValue(values);
    }
}
