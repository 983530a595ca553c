namespace Ashlar.Models.Templates.Tree;

/// <summary><c>{% do expression %}</c>: evaluated, not printed.</summary>
internal sealed class DoStatement(Position at, Expression expression) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        expression.Evaluate(scope);
        return Flow.Next;
    }
}
