namespace Ashlar.Models.Templates.Tree;

/// <summary><c>{{ expression }}</c>.</summary>
internal sealed class PrintStatement(Position at, Expression expression) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        expression.Evaluate(scope).WriteText(output);
        return Flow.Next;
    }
}
