using System.Runtime.CompilerServices;

namespace Ashlar.Models.Templates.Values;

/// <summary>A value as a template sees it: Python's semantics over a closed set of types, nothing of .NET's.</summary>
internal abstract class Value
{
    /// <summary>Python's name of the type, for messages.</summary>
    public abstract string TypeName { get; }

    public virtual bool IsTrue => true;

    /// <summary>The number of elements; null where the type has no length.</summary>
    public virtual int? Length => null;

    /// <summary>What <c>str()</c> gives.</summary>
    public virtual void WriteText(TextSink sink) => WriteRepr(sink);

    /// <summary>What <c>repr()</c> gives.</summary>
    public abstract void WriteRepr(TextSink sink);

    /// <summary>The elements in order; null where the type cannot be iterated.</summary>
    public virtual IEnumerable<Value>? Iterate(Budget budget) => null;

    /// <summary>The element under a key, index or <see cref="SliceKey"/>; null where there is none.</summary>
    public virtual Value? Item(Value key, Budget budget) => null;

    /// <summary>The attribute or method of that name; null where there is none.</summary>
    public virtual Value? Attribute(string name, Budget budget) => null;

    /// <summary>Python's <c>==</c>.</summary>
    public virtual bool EqualTo(Value other, Budget budget) => ReferenceEquals(this, other);

    public virtual bool IsHashable => true;

    /// <summary>A hash that agrees with <see cref="EqualTo"/>.</summary>
    public virtual int Hash(Budget budget) => RuntimeHelpers.GetHashCode(this);

    public virtual string ToText(Budget budget)
    {
        var sink = new TextSink(budget);
        WriteText(sink);
        return sink.ToString();
    }

    public string ToRepr(Budget budget)
    {
        var sink = new TextSink(budget);
        WriteRepr(sink);
        return sink.ToString();
    }

    /// <summary>The elements in order, or an error that names the type.</summary>
    public IEnumerable<Value> IterateOrThrow(Budget budget) =>
        Iterate(budget) ?? throw budget.Error($"'{TypeName}' object is not iterable");

    /// <summary>The elements as a list: itself where it is a sequence, else a copy.</summary>
    public IReadOnlyList<Value> ToElements(Budget budget)
    {
        if (this is SequenceValue sequence) return sequence.Elements;
        var copy = new List<Value>();
        foreach (var element in IterateOrThrow(budget))
        {
            budget.Allocate(32);
            budget.Step();
            copy.Add(element);
        }

        return copy;
    }
}
