using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Ashlar.Models.Templates.Values;

/// <summary>What <c>range()</c> gives: integers that are computed when they are asked for.</summary>
internal sealed class RangeValue(BigInteger start, BigInteger step, int count, BigInteger stop) : SequenceValue(new Numbered(start, step, count))
{
    public override string TypeName => "range";

    public override Value? Item(Value key, Budget budget)
    {
        if (key is not SliceKey slice) return base.Item(key, budget);
        if (slice.Resolve(Elements.Count, budget) is not { } span) return null;
        var first = start + span.Start * step;
        return new RangeValue(first, step * span.Step, span.Count, first + span.Count * step * span.Step);
    }

    public override SequenceValue Make(IReadOnlyList<Value> elements) => new ListValue(elements);

    public override void WriteRepr(TextSink sink) => sink.Append(step.IsOne
        ? string.Create(CultureInfo.InvariantCulture, $"range({start}, {stop})")
        : string.Create(CultureInfo.InvariantCulture, $"range({start}, {stop}, {step})"));

    public override int Hash(Budget budget) => HashCode.Combine(start, step, count);

    private sealed class Numbered(BigInteger start, BigInteger step, int count) : IReadOnlyList<Value>
    {
        public int Count => count;

        public Value this[int index] => IntValue.Of(start + index * step);

        public IEnumerator<Value> GetEnumerator()
        {
            for (var i = 0; i < count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
