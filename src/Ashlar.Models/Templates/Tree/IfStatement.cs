namespace Ashlar.Models.Templates.Tree;

/// <summary>Conditions in order with their bodies, and the else part; it has no scope of its own.</summary>
internal sealed class IfStatement(Position at, IReadOnlyList<(Expression Condition, Body Body)> branches, Body? otherwise)
    : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        foreach (var (condition, body) in branches)
        {
            if (condition.Evaluate(scope).IsTrue) return body.Execute(scope, output);
        }

        return otherwise?.Execute(scope, output) ?? Flow.Next;
    }
}
