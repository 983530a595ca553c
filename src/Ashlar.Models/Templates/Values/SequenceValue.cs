namespace Ashlar.Models.Templates.Values;

/// <summary>A list, tuple or range: elements by position.</summary>
internal abstract class SequenceValue(IReadOnlyList<Value> elements) : Value
{
    public IReadOnlyList<Value> Elements { get; } = elements;

    public override bool IsTrue => Elements.Count > 0;

    public override int? Length => Elements.Count;

    public override IEnumerable<Value> Iterate(Budget budget) => Elements;

    public override Value? Item(Value key, Budget budget)
    {
        if (key is SliceKey slice)
        {
            if (slice.Resolve(Elements.Count, budget) is not { } span) return null;
            budget.AllocateElements(span.Count);
            var part = new Value[span.Count];
            for (var i = 0; i < part.Length; i++) part[i] = Elements[(int)(span.Start + (long)i * span.Step)];
            return Make(part);
        }

        return SliceKey.Index(key, Elements.Count) is { } index ? Elements[index] : null;
    }

    public override bool EqualTo(Value other, Budget budget)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other.GetType() != GetType() || other is not SequenceValue { Elements: var theirs } || theirs.Count != Elements.Count)
        {
            return false;
        }

        budget.Enter();
        for (var i = 0; i < theirs.Count; i++)
        {
            budget.Step();
            if (!Elements[i].EqualTo(theirs[i], budget))
            {
                budget.Leave();
                return false;
            }
        }

        budget.Leave();
        return true;
    }

    /// <summary>A sequence of the same type with other elements.</summary>
    public abstract SequenceValue Make(IReadOnlyList<Value> elements);

    protected void WriteElements(TextSink sink, char open, char close)
    {
        sink.Budget.Enter();
        sink.Append(open);
        for (var i = 0; i < Elements.Count; i++)
        {
            if (i > 0) sink.Append(", ");
            Elements[i].WriteRepr(sink);
        }

        if (close == ')' && Elements.Count == 1) sink.Append(',');
        sink.Append(close);
        sink.Budget.Leave();
    }
}
