namespace Ashlar.Models.Templates.Values;

/// <summary>True or False, which in Python are also the integers 1 and 0.</summary>
internal sealed class BoolValue : Value
{
    public static readonly BoolValue True = new(true);
    public static readonly BoolValue False = new(false);

    private BoolValue(bool value) => IsTrue = value;

    public override string TypeName => "bool";

    public override bool IsTrue { get; }

    public static BoolValue Of(bool value) => value ? True : False;

    public override void WriteRepr(TextSink sink) => sink.Append(IsTrue ? "True" : "False");

    public override bool EqualTo(Value other, Budget budget) => Numbers.AreEqual(this, other);

    public override int Hash(Budget budget) => Numbers.Hash(this);
}
