namespace Ashlar.Models.Templates.Values;

/// <summary>What <c>namespace()</c> gives: the one value whose attributes a template may set.</summary>
internal sealed class NamespaceValue : Value
{
    private readonly Dictionary<string, Value> _attributes = [];

    public override string TypeName => "Namespace";

    public void Set(string name, Value value, Budget budget)
    {
        budget.Allocate(_attributes.ContainsKey(name) ? 0 : 64);
        _attributes[name] = value;
    }

    public override Value? Attribute(string name, Budget budget)
    {
        budget.Scan(name.Length);
        return _attributes.GetValueOrDefault(name);
    }

    public override void WriteRepr(TextSink sink)
    {
        sink.Budget.Enter();
        sink.Append("<Namespace {");
        var isFirst = true;
        foreach (var (name, value) in _attributes)
        {
            if (!isFirst) sink.Append(", ");
            isFirst = false;
            StringText.WriteRepr(name, sink);
            sink.Append(": ");
            value.WriteRepr(sink);
        }

        sink.Append("}>");
        sink.Budget.Leave();
    }
}
