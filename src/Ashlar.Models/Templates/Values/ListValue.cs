using Ashlar.Models.Templates.Library;

namespace Ashlar.Models.Templates.Values;

/// <summary>A list. It never changes: the sandbox forbids the methods that would change it.</summary>
internal sealed class ListValue(IReadOnlyList<Value> elements) : SequenceValue(elements)
{
    public override string TypeName => "list";

    public override bool IsHashable => false;

    public override Value? Attribute(string name, Budget budget) => SequenceMethods.OfList.Bind(this, name);

    public override SequenceValue Make(IReadOnlyList<Value> elements) => new ListValue(elements);

    public override void WriteRepr(TextSink sink) => WriteElements(sink, '[', ']');

    public override int Hash(Budget budget) => throw budget.Error("unhashable type: 'list'");
}
