namespace Ashlar.Models.Templates.Tree;

/// <summary><c>{{ expression }}</c>, or <c>{% print first, second %}</c>.</summary>
internal sealed class PrintStatement(Position at, params IReadOnlyList<Expression> expressions) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        foreach (var expression in expressions) expression.Evaluate(scope).WriteText(output);
        return Flow.Next;
    }
}
