using Ashlar.Models.Templates.Library;

namespace Ashlar.Models.Templates.Values;

/// <summary>
/// A tuple; <paramref name="names"/> also makes its elements attributes, as the groups of <c>groupby</c> have them.
/// </summary>
internal sealed class TupleValue(IReadOnlyList<Value> elements, string[]? names = null) : SequenceValue(elements)
{
    public override string TypeName => "tuple";

    /// <summary>Known from the start: asked of a deep nest of tuples later, it would visit them all.</summary>
    public override bool IsHashable { get; } = elements.All(element => element.IsHashable);

    public override Value? Attribute(string name, Budget budget) =>
        names is not null && Array.IndexOf(names, name) is var i and >= 0
            ? Elements[i]
            : SequenceMethods.OfTuple.Bind(this, name);

    public override SequenceValue Make(IReadOnlyList<Value> elements) => new TupleValue(elements);

    public override void WriteRepr(TextSink sink) => WriteElements(sink, '(', ')');

    public override int Hash(Budget budget)
    {
        budget.Enter();
        budget.Step(Elements.Count);
        var hash = new HashCode();
        foreach (var element in Elements) hash.Add(element.Hash(budget));
        budget.Leave();
        return hash.ToHashCode();
    }
}
