namespace Ashlar.Models.Templates.Tree;

/// <summary><c>{% macro name(parameters) %}</c>.</summary>
internal sealed class MacroStatement(Position at, MacroSignature signature, Body body) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        scope.Budget.Allocate(96);
        scope.Set(signature.Name!, new MacroValue(signature, body, scope));
        return Flow.Next;
    }
}
