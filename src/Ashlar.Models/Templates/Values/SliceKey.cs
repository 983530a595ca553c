using System.Numerics;

namespace Ashlar.Models.Templates.Values;

/// <summary>The key of <c>value[start:stop:step]</c>; parts that were left out are null.</summary>
internal sealed class SliceKey(Value? start, Value? stop, Value? step) : Value
{
    public override string TypeName => "slice";

    public override bool IsHashable => false;

    public override void WriteRepr(TextSink sink) => sink.Append("slice");

    /// <summary>
    /// An index as Python reads it, counted from the end where negative; null where it is none or lies outside.
    /// </summary>
    public static int? Index(Value key, int length)
    {
        if (!Numbers.TryInteger(key, out var index)) return null;
        if (index.Sign < 0) index += length;
        return index.Sign >= 0 && index < length ? (int)index : null;
    }

    /// <summary>The positions that the slice selects of a sequence; null where a part is no integer.</summary>
    public (int Start, int Stop, int Step, int Count)? Resolve(int length, Budget budget)
    {
        if (!Part(step, out var by) || !Part(start, out var from) || !Part(stop, out var to)) return null;
        if (by is { IsZero: true }) throw budget.Error("slice step cannot be zero");

        var stride = (int)BigInteger.Clamp(by ?? 1, -int.MaxValue, int.MaxValue);
        var (low, high) = stride > 0 ? (0, length) : (-1, length - 1);
        var first = from is { } f ? Bound(f, length, low, high) : stride > 0 ? low : high;
        var last = to is { } t ? Bound(t, length, low, high) : stride > 0 ? high : low;
        var distance = stride > 0 ? (long)last - first : (long)first - last;
        var count = distance <= 0 ? 0 : (distance - 1) / Math.Abs((long)stride) + 1;
        return (first, last, stride, (int)count);
    }

    private static bool Part(Value? value, out BigInteger? number)
    {
        number = Numbers.TryInteger(value, out var integer) ? integer : null;
        return number is not null || value is null or NoneValue;
    }

    private static int Bound(BigInteger index, int length, int low, int high)
    {
        if (index.Sign < 0) index += length;
        return (int)BigInteger.Clamp(index, low, high);
    }
}
