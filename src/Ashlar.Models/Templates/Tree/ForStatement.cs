using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>A loop over elements, optionally filtered, optionally callable from its own body (<c>recursive</c>).</summary>
internal sealed class ForStatement(
    Position at,
    Target target,
    Expression iterable,
    Expression? condition,
    bool isRecursive,
    Body body,
    Body? otherwise) : Statement(at)
{
    public bool IsRecursive => isRecursive;

    /// <summary>Runs over these elements; a recursive call comes here with its own.</summary>
    public Flow Loop(Scope scope, TextSink output, Value elements, int depth)
    {
        var budget = scope.Budget;
        budget.At = At;
        var round = new Scope(scope, budget);
        var items = elements.ToElements(budget);
        if (condition is not null) items = Select(round, items, condition);

        // As in Jinja, the else part runs where no round came to its end: none began, or each was left early.
        var isElse = true;
        var loop = new LoopValue(this, scope, items, depth);
        for (; loop.HasCurrent; loop.MoveNext())
        {
            budget.Step();
            round.Clear();
            target.Assign(round, loop.Current);
            round.Set("loop", loop);
            var flow = body.Execute(round, output);
            if (flow == Flow.Next) isElse = false;
            if (flow == Flow.Break) break;
        }

        return isElse && otherwise is not null ? otherwise.Execute(new Scope(scope, budget), output) : Flow.Next;
    }

    protected override Flow Run(Scope scope, TextSink output) => Loop(scope, output, iterable.Evaluate(scope), depth: 0);

    private List<Value> Select(Scope round, IReadOnlyList<Value> items, Expression condition)
    {
        var selected = new List<Value>();
        foreach (var item in items)
        {
            round.Clear();
            target.Assign(round, item);
            if (!condition.Evaluate(round).IsTrue) continue;
            round.Budget.Allocate(16);
            selected.Add(item);
        }

        return selected;
    }
}
