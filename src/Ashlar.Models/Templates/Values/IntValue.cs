using System.Globalization;
using System.Numerics;

namespace Ashlar.Models.Templates.Values;

/// <summary>An integer without a fixed width, as Python's are; its size is bounded by the budget where it is computed.</summary>
internal sealed class IntValue : Value
{
    private static readonly IntValue[] Small = [.. Enumerable.Range(-16, 1040).Select(i => new IntValue(i))];

    private IntValue(BigInteger number) => Number = number;

    public BigInteger Number { get; }

    public override string TypeName => "int";

    public override bool IsTrue => !Number.IsZero;

    public static IntValue Of(BigInteger number) =>
        number >= -16 && number < 1024 ? Small[(int)number + 16] : new(number);

    public override void WriteRepr(TextSink sink)
    {
        sink.Budget.Compute(Number.GetBitLength(), Number.GetBitLength());
        sink.Append(Number.ToString(CultureInfo.InvariantCulture));
    }

    public override bool EqualTo(Value other, Budget budget) => Numbers.AreEqual(this, other);

    public override int Hash(Budget budget) => Numbers.Hash(this);
}
