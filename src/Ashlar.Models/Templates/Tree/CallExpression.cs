using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

internal sealed class CallExpression(Position at, Expression callee, ArgumentList arguments) : Expression(at)
{
    /// <summary>Calls with one more argument by name: the body of a call block.</summary>
    public Value CallWith(Scope scope, string name, Value extra)
    {
        var target = Callee(scope);
        var given = arguments.Evaluate(scope);
        return Call(target, given with { Named = [.. given.Named, new(name, extra)] }, scope.Budget);
    }

    protected override Value Compute(Scope scope)
    {
        var target = Callee(scope);
        return Call(target, arguments.Evaluate(scope), scope.Budget);
    }

    private static Value Call(CallableValue target, Arguments given, Budget budget)
    {
        budget.Enter();
        var value = target.Call(given, budget);
        budget.Leave();
        return value;
    }

    private CallableValue Callee(Scope scope) => callee.Evaluate(scope) switch
    {
        CallableValue callable => callable,
        var other => throw scope.Budget.Error(other, $"'{other.TypeName}' object is not callable"),
    };
}
