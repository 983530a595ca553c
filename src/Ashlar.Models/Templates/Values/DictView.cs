namespace Ashlar.Models.Templates.Values;

/// <summary>
/// What <c>keys()</c>, <c>values()</c> and <c>items()</c> of a dictionary give: it has a length and can be iterated, not
/// indexed.
/// </summary>
internal sealed class DictView(string typeName, DictValue dict, Func<KeyValuePair<Value, Value>, Value> select) : Value
{
    public override string TypeName => typeName;

    public override bool IsTrue => dict.IsTrue;

    public override int? Length => dict.Length;

    public static Value Pair(KeyValuePair<Value, Value> entry) => new TupleValue([entry.Key, entry.Value]);

    public override IEnumerable<Value> Iterate(Budget budget) => dict.Entries.Select(select);

    public override void WriteRepr(TextSink sink)
    {
        sink.Append(typeName + "(");
        new ListValue(ToElements(sink.Budget)).WriteRepr(sink);
        sink.Append(')');
    }
}
