namespace Ashlar.Models.Templates.Tree;

/// <summary><c>{% break %}</c> or <c>{% continue %}</c>.</summary>
internal sealed class LeaveStatement(Position at, Flow flow) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output) => flow;
}
