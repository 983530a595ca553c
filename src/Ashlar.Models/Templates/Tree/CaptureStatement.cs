namespace Ashlar.Models.Templates.Tree;

/// <summary>
/// <c>{% set target %}...{% endset %}</c> and <c>{% filter f %}...{% endfilter %}</c>: what the body writes, filtered,
/// then kept or printed.
/// </summary>
internal sealed class CaptureStatement(Position at, Target? target, FilterExpression? filter, Body body) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        if (body.Capture(scope, out var flow) is not { } text) return flow;
        var value = filter?.ApplyTo(text, scope) ?? text;
        if (target is null) value.WriteText(output);
        else target.Assign(scope, value);
        return Flow.Next;
    }
}
