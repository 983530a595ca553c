using Ashlar.Models.Templates.Library;

namespace Ashlar.Models.Templates.Values;

/// <summary>
/// A dictionary in insertion order. Once made it never changes: the sandbox forbids the methods that would change it.
/// </summary>
internal sealed class DictValue(Budget budget) : Value
{
    private readonly OrderedDictionary<Value, Value> _entries = Make(budget);

    public IReadOnlyCollection<KeyValuePair<Value, Value>> Entries => _entries;

    public override string TypeName => "dict";

    public override bool IsTrue => _entries.Count > 0;

    public override int? Length => _entries.Count;

    public override bool IsHashable => false;

    /// <summary>Adds or replaces, as the dictionary is being made.</summary>
    public void Set(Value key, Value value)
    {
        budget.Allocate(96);
        _entries[key] = value;
    }

    public Value? Find(Value key) => key.IsHashable && _entries.TryGetValue(key, out var value) ? value : null;

    public override IEnumerable<Value> Iterate(Budget budget) => _entries.Keys;

    public override Value? Item(Value key, Budget budget) => Find(key);

    public override Value? Attribute(string name, Budget budget) => DictMethods.Table.Bind(this, name);

    public override bool EqualTo(Value other, Budget budget)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is not DictValue dict || dict._entries.Count != _entries.Count) return false;
        budget.Enter();
        var isEqual = true;
        foreach (var (key, value) in _entries)
        {
            isEqual = dict.Find(key) is { } theirs && value.EqualTo(theirs, budget);
            if (!isEqual) break;
        }

        budget.Leave();
        return isEqual;
    }

    public override int Hash(Budget budget) => throw budget.Error("unhashable type: 'dict'");

    public override void WriteRepr(TextSink sink)
    {
        sink.Budget.Enter();
        sink.Append('{');
        var isFirst = true;
        foreach (var (key, value) in _entries)
        {
            if (!isFirst) sink.Append(", ");
            isFirst = false;
            key.WriteRepr(sink);
            sink.Append(": ");
            value.WriteRepr(sink);
        }

        sink.Append('}');
        sink.Budget.Leave();
    }

    private static OrderedDictionary<Value, Value> Make(Budget budget)
    {
        budget.Allocate(128);
        return new(new ValueEquality(budget));
    }

    /// <summary>Keys are equal as Python's <c>==</c> says: 1, 1.0 and True are one key.</summary>
    private sealed class ValueEquality(Budget budget) : IEqualityComparer<Value>
    {
        public bool Equals(Value? left, Value? right)
        {
            budget.Step();
            return ReferenceEquals(left, right) || left is not null && right is not null && left.EqualTo(right, budget);
        }

        public int GetHashCode(Value value) => value.Hash(budget);
    }
}
