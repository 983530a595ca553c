namespace Ashlar.Models.Templates.Values;

internal sealed class FloatValue(double number) : Value
{
    public double Number => number;

    public override string TypeName => "float";

    public override bool IsTrue => number != 0;

    public override void WriteRepr(TextSink sink)
    {
        sink.Budget.Step(16);
        sink.Append(FloatText.Repr(number));
    }

    public override bool EqualTo(Value other, Budget budget) => Numbers.AreEqual(this, other);

    public override int Hash(Budget budget) => Numbers.Hash(this);
}
