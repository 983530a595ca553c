namespace Ashlar.Models.Templates.Tree;

/// <summary>How a statement ended: on to the next, or out of the rest of a loop's body.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A node that writes. Nodes are immutable and shared by all renderings.</summary>
internal abstract class Statement(Position at)
{
    public Position At => at;

    public Flow Execute(Scope scope, TextSink output)
    {
        scope.Budget.Step();
        scope.Budget.At = at;
        return Run(scope, output);
    }

    protected abstract Flow Run(Scope scope, TextSink output);
}
