using System.Numerics;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Arguments in the order of a routine's parameters; those not given are null.</summary>
internal sealed class BoundArguments(
    string routine,
    string[] names,
    Value?[] values,
    IReadOnlyList<Value> more,
    IReadOnlyList<KeyValuePair<string, Value>> named,
    Budget budget)
{
    /// <summary>Positional arguments beyond the named parameters.</summary>
    public IReadOnlyList<Value> More => more;

    /// <summary>Named arguments that no parameter takes.</summary>
    public IReadOnlyList<KeyValuePair<string, Value>> Named => named;

    public Value? this[int index] => values[index];

    public bool IsGiven(int index) => values[index] is not (null or NoneValue);

    public bool Flag(int index, bool otherwise = false) => values[index]?.IsTrue ?? otherwise;

    /// <summary>A text; None counts as not given.</summary>
    public string Text(int index, string otherwise) => values[index] switch
    {
        null or NoneValue => otherwise,
        StringValue { Text: var text } => text,
        var other => throw budget.Error(other, $"{routine}: argument '{names[index]}' must be a string, not {other.TypeName}"),
    };

    /// <summary>An integer, clamped to 32 bits; None counts as not given.</summary>
    public int Integer(int index, int otherwise)
    {
        if (values[index] is null or NoneValue) return otherwise;
        if (Numbers.TryInteger(values[index], out var number))
        {
            return (int)BigInteger.Clamp(number, -int.MaxValue, int.MaxValue);
        }

        var other = values[index]!;
        throw budget.Error(other, $"{routine}: argument '{names[index]}' must be an integer, not {other.TypeName}");
    }
}
