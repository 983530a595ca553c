namespace Ashlar.Models.Templates.Tree;

/// <summary>
/// <c>{% with a = 1 %}</c>: a scope with names of its own, whose values are computed outside it; also <c>{% generation
/// %}</c>.
/// </summary>
internal sealed class WithStatement(Position at, IReadOnlyList<(Target Target, Expression Value)> assignments, Body body)
    : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        var inner = new Scope(scope, scope.Budget);
        foreach (var (target, value) in assignments) target.Assign(inner, value.Evaluate(scope));
        return body.Execute(inner, output);
    }
}
