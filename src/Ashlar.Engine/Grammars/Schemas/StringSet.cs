using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// A set of strings, by value: those of an automaton, and all of certain lengths. The latter are apart because a length is
/// counted while matching, however large it is, and because such strings may be escaped in any way.
/// </summary>
/// <param name="Values">An automaton of some of them.</param>
/// <param name="Lengths">Numbers of code points, whose strings all belong; null for none.</param>
internal sealed record StringSet(Dfa Values, LengthRange? Lengths = null)
{
    public static StringSet All { get; } = OfLength(0, null);

    public static StringSet None { get; } = new(Dfa.None);

    public bool IsAll => Lengths is { Min: 0, Max: null };

    public bool IsEmpty => Values.IsEmpty && Lengths is null;

    public static StringSet OfLength(long min, long? max) => min > max ? None : new(Dfa.None, new(min, max));

    public StringSet And(StringSet other, CompileBudget budget)
    {
        if (IsAll) return other;
        if (other.IsAll) return this;
        var values = DfaOperations.And(Values, other.Values, budget);
        if (other.Lengths is { } theirs) values = DfaOperations.Or(values, theirs.Of(Values, budget), budget);
        if (Lengths is { } own) values = DfaOperations.Or(values, own.Of(other.Values, budget), budget);
        if (Lengths is null || other.Lengths is null) return new(values);
        var max = LengthRange.Least(Lengths.Max, other.Lengths.Max);
        return OfLength(Math.Max(Lengths.Min, other.Lengths.Min), max) with { Values = values };
    }

    public StringSet Or(StringSet other, CompileBudget budget)
    {
        var values = DfaOperations.Or(Values, other.Values, budget);
        if (Lengths is not { } own || other.Lengths is not { } theirs) return new(values, Lengths ?? other.Lengths);
        var (low, high) = own.Min <= theirs.Min ? (own, theirs) : (theirs, own);
        if (low.Max is null) return new(values, low);
        // With a gap between them, the shorter lengths go into the automaton.
        return low.Max < high.Min - 1
            ? new(DfaOperations.Or(values, low.Of(Dfa.All, budget), budget), high)
            : new(values, new(low.Min, high.Max is null ? null : Math.Max(low.Max.Value, high.Max.Value)));
    }

    public StringSet Not(CompileBudget budget)
    {
        var others = All;
        if (Lengths is { } own)
        {
            others = own.Min > 0 ? OfLength(0, own.Min - 1) : None;
            if (own.Max is { } max) others = others.Or(OfLength(max + 1, null), budget);
        }

        return Values.IsEmpty ? others : others.And(new(DfaOperations.Not(Values, budget)), budget);
    }

    /// <summary>The strings as one automaton.</summary>
    public Dfa ToDfa(CompileBudget budget) =>
        IsAll ? Dfa.All : Lengths is null ? Values : DfaOperations.Or(Values, Lengths.Of(Dfa.All, budget), budget);
}

/// <summary>Lengths in code points; without <paramref name="Max"/> there is no greatest.</summary>
internal sealed record LengthRange(long Min, long? Max)
{
    /// <summary>The lesser of two bounds, either of which may be missing.</summary>
    public static long? Least(long? left, long? right) =>
        left is null ? right : right is null ? left : Math.Min(left.Value, right.Value);

    /// <summary>The texts of a set that have such a length.</summary>
    public Dfa Of(Dfa set, CompileBudget budget) => set.IsEmpty ? set : DfaOperations.WithLength(set, Min, Max, budget);
}
