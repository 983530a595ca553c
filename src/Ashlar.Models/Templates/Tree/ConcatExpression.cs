using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary><c>a ~ b ~ c</c>: the operands' texts joined.</summary>
internal sealed class ConcatExpression(Position at, IReadOnlyList<Expression> operands) : Expression(at)
{
    protected override Value Compute(Scope scope)
    {
        var sink = new TextSink(scope.Budget);
        foreach (var operand in operands) operand.Evaluate(scope).WriteText(sink);
        return sink.ToValue();
    }
}
