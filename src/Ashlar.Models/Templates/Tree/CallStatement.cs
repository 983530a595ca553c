namespace Ashlar.Models.Templates.Tree;

/// <summary><c>{% call(parameters) macro(arguments) %}</c>: calls the macro with the body as its <c>caller</c>.</summary>
internal sealed class CallStatement(Position at, CallExpression call, MacroSignature signature, Body body) : Statement(at)
{
    protected override Flow Run(Scope scope, TextSink output)
    {
        call.CallWith(scope, "caller", new MacroValue(signature, body, scope)).WriteText(output);
        return Flow.Next;
    }
}
