using Ashlar.Models.Templates.Library;

namespace Ashlar.Models.Templates.Values;

/// <summary>Something that can be called: a function, a method, a macro, a recursive loop.</summary>
internal abstract class CallableValue(string name) : Value
{
    public string Name => name;

    public override string TypeName => "function";

    public abstract Value Call(Arguments arguments, Budget budget);

    public override void WriteRepr(TextSink sink) => sink.Append($"<{TypeName} {name}>");
}
