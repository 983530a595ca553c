namespace Ashlar.Models.Templates.Values;

internal sealed class NoneValue : Value
{
    public static readonly NoneValue Instance = new();

    public override string TypeName => "NoneType";

    public override bool IsTrue => false;

    public override void WriteRepr(TextSink sink) => sink.Append("None");
}
