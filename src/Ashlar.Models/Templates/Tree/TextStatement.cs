namespace Ashlar.Models.Templates.Tree;

/// <summary>Text outside tags.</summary>
internal sealed class TextStatement(Position at, string text) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        output.Append(text);
        return Flow.Next;
    }
}
