using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Ashlar.Models.Templates.Values;

/// <summary>What <c>range()</c> gives: integers that are computed when they are asked for.</summary>
internal sealed class RangeValue : SequenceValue
{
    /// <summary>
    /// So many bits an element may have: elements are paid for as small integers wherever they are taken.
    /// </summary>
    private const int MostBits = 128;

    private readonly BigInteger _start, _step, _stop;

    private RangeValue(BigInteger start, BigInteger step, int count, BigInteger stop)
        : base(new Numbered(start, step, count)) => (_start, _step, _stop) = (start, step, stop);

    public override string TypeName => "range";

    /// <exception cref="TemplateException">The integers are large.</exception>
    public static RangeValue Of(BigInteger start, BigInteger step, int count, BigInteger stop, Budget budget)
    {
        var isSmall = start.GetBitLength() <= MostBits && step.GetBitLength() <= MostBits && stop.GetBitLength() <= MostBits;
        return isSmall
            ? new(start, step, count, stop)
            : throw budget.Exceeded($"a range has integers of more than {MostBits} bits");
    }

    public override Value? Item(Value key, Budget budget)
    {
        if (key is not SliceKey slice) return base.Item(key, budget);
        if (slice.Resolve(Elements.Count, budget) is not { } span) return null;
        return Of(_start + span.Start * _step, _step * span.Step, span.Count, _start + span.Stop * _step, budget);
    }

    public override SequenceValue Make(IReadOnlyList<Value> elements) => new ListValue(elements);

    public override void WriteRepr(TextSink sink) => sink.Append(_step.IsOne
        ? string.Create(CultureInfo.InvariantCulture, $"range({_start}, {_stop})")
        : string.Create(CultureInfo.InvariantCulture, $"range({_start}, {_stop}, {_step})"));

    public override int Hash(Budget budget) => Elements.Count switch
    {
        // Ranges are equal where their elements are, whatever comes after them.
        0 => 0,
        1 => _start.GetHashCode(),
        _ => HashCode.Combine(_start, _step, Elements.Count),
    };

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
