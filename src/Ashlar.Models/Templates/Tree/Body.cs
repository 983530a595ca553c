using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>Statements in order.</summary>
internal sealed class Body(IReadOnlyList<Statement> statements)
{
    public Flow Execute(Scope scope, TextSink output)
    {
        scope.Budget.EnsureStack();
        foreach (var statement in statements)
        {
            var flow = statement.Execute(scope, output);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }

    /// <summary>Executes in a scope of its own and gives the text; null where a break or continue left it early.</summary>
    public StringValue? Capture(Scope parent, out Flow flow)
    {
        var sink = new TextSink(parent.Budget);
        flow = Execute(new Scope(parent, parent.Budget), sink);
        return flow == Flow.Next ? sink.ToValue() : null;
    }
}
