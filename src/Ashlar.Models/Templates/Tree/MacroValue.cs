using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Tree;

/// <summary>A macro together with the scope it was defined in; calling it gives the text that its body writes.</summary>
internal sealed class MacroValue(
    MacroSignature signature, Body body, Scope definition) : CallableValue(signature.Name ?? "caller")
{
    public override string TypeName => "Macro";

    public override Value Call(Arguments arguments, Budget budget)
    {
        var at = budget.At;
        var scope = new Scope(definition, budget);
        var sink = new TextSink(budget);
        signature.Bind(scope, arguments);
        body.Execute(scope, sink);
        budget.At = at;
        return sink.ToValue();
    }

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "name" => signature.Name is null ? NoneValue.Instance : new StringValue(signature.Name),
        "arguments" => signature.Names,
        "catch_kwargs" => BoolValue.Of(signature.Uses("kwargs")),
        "catch_varargs" => BoolValue.Of(signature.Uses("varargs")),
        "caller" => BoolValue.Of(signature.Uses("caller")),
        _ => null,
    };

    public override void WriteRepr(TextSink sink)
    {
        sink.Append("<Macro ");
        if (signature.Name is null) sink.Append("anonymous");
        else StringText.WriteRepr(signature.Name, sink);
        sink.Append('>');
    }
}
