using System.Globalization;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>How <c>owner.name</c> and <c>owner[key]</c> find what they mean, each trying the other's way second.</summary>
internal static class Members
{
    /// <summary>Methods that would change a value; Jinja's immutable sandbox refuses them, and so do we.</summary>
    private static readonly string[] ListChanges = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"];

    private static readonly string[] DictChanges = ["clear", "pop", "popitem", "setdefault", "update"];

    public static Value Attribute(Value owner, StringValue name, Budget budget)
    {
        budget.EnsureDefined(owner);
        return Refused(owner, name.Text)
            ?? owner.Attribute(name.Text, budget)
            ?? owner.Item(name, budget)
            ?? UndefinedValue.Member(owner, name.Text);
    }

    public static Value Item(Value owner, Value key, Budget budget)
    {
        budget.EnsureDefined(owner);
        if (owner.Item(key, budget) is { } item) return item;
        if (key is not StringValue { Text: var name }) return UndefinedValue.Element(owner, key, budget);
        return Refused(owner, name) ?? owner.Attribute(name, budget) ?? UndefinedValue.Member(owner, name);
    }

    /// <summary>The value at the end of a path such as <c>function.name</c> or <c>parts.0</c>, as filters take it.</summary>
    public static Value Path(Value owner, IReadOnlyList<Value> path, Budget budget)
    {
        foreach (var key in path) owner = Item(owner, key, budget);
        return owner;
    }

    /// <summary>The value at the end of a path, or another in place of an undefined one, where there is another.</summary>
    public static Value Path(Value owner, IReadOnlyList<Value> path, Value? otherwise, Budget budget) =>
        Path(owner, path, budget) is var found && found is UndefinedValue && otherwise is not null ? otherwise : found;

    /// <summary>The steps of such a path; those of digits are indices.</summary>
    public static Value[] ParsePath(Value? attribute, Budget budget) => attribute switch
    {
        null or NoneValue => [],
        StringValue { Text: var text } => SplitPath(text, budget),
        UndefinedValue undefined => throw budget.Error(undefined.Message),
        _ => [attribute],
    };

    private static Value[] SplitPath(string path, Budget budget)
    {
        budget.Scan(path.Length);
        budget.AllocateElements(2L * (path.AsSpan().Count('.') + 1));
        return [.. path.Split('.').Select(part => part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit)
            ? IntValue.Of(int.Parse(part, CultureInfo.InvariantCulture))
            : (Value)new StringValue(part))];
    }

    private static UndefinedValue? Refused(Value owner, string name)
    {
        var isUnsafe = name.StartsWith("__", StringComparison.Ordinal) && owner is not DictValue and not NamespaceValue
            || owner is ListValue && ListChanges.AsSpan().Contains(name)
            || owner is DictValue && DictChanges.AsSpan().Contains(name);
        return isUnsafe
            ? new($"access to attribute '{name}' of '{owner.TypeName}' object is unsafe: values cannot be changed")
            : null;
    }
}
