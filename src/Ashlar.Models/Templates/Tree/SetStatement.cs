namespace Ashlar.Models.Templates.Tree;

/// <summary><c>{% set target = expression %}</c>.</summary>
internal sealed class SetStatement(Position at, Target target, Expression expression) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        target.Assign(scope, expression.Evaluate(scope));
        return Flow.Next;
    }
}
