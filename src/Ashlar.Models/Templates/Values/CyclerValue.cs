using Ashlar.Models.Templates.Library;

namespace Ashlar.Models.Templates.Values;

/// <summary>What <c>cycler()</c> gives: values taken in turn, beginning again after the last.</summary>
internal sealed class CyclerValue(IReadOnlyList<Value> items) : Value
{
    private static readonly RoutineTable Methods = new("method")
    {
        { "next", "", (self, _, _) => ((CyclerValue)self).Next() },
        { "reset", "", (self, _, _) => ((CyclerValue)self).Reset() },
    };

    private int _at;

    public override string TypeName => "Cycler";

    public override Value? Attribute(string name, Budget budget) => name == "current" ? items[_at] : Methods.Bind(this, name);

    public override void WriteRepr(TextSink sink) => sink.Append("<Cycler>");

    private Value Next()
    {
        var item = items[_at];
        _at = (_at + 1) % items.Count;
        return item;
    }

    private NoneValue Reset()
    {
        _at = 0;
        return NoneValue.Instance;
    }
}
