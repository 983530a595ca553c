using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// A set of numbers. Where it is restricted it is an automaton over decimal texts without exponent that takes all of a number's
/// texts or none (1, 1.0 and 1.00), so that intersections and complements are right; how they are to be written is said apart.
/// </summary>
/// <param name="Values">The numbers; null for all, which then may have exponents.</param>
/// <param name="Spelling">The texts that may be written, among those of the numbers; null for all.</param>
internal sealed record NumberSet(Dfa? Values, Dfa? Spelling = null)
{
    public static NumberSet All { get; } = new((Dfa?)null);

    public static NumberSet None { get; } = new(Dfa.None);

    public bool IsEmpty => Values is { IsEmpty: true };

    /// <summary>The numbers of both.</summary>
    public NumberSet And(NumberSet other, CompileBudget budget)
    {
        if (Values is null) return other with { Spelling = Join(other.Spelling, Spelling, budget) };
        if (other.Values is null) return this with { Spelling = Join(Spelling, other.Spelling, budget) };
        return new(DfaOperations.And(Values, other.Values, budget), Join(Spelling, other.Spelling, budget));
    }

    /// <summary>The numbers of either.</summary>
    public NumberSet Or(NumberSet other, CompileBudget budget)
    {
        if (IsEmpty) return other;
        if (other.IsEmpty) return this;
        if (Values is null || other.Values is null) return All;
        var spelling = Spelling is null || other.Spelling is null ? null : DfaOperations.Or(Spelling, other.Spelling, budget);
        return new(DfaOperations.Or(Values, other.Values, budget), spelling);
    }

    /// <summary>The other numbers.</summary>
    public NumberSet Not(CompileBudget budget) =>
        Values is null ? None : new(DfaOperations.Except(Decimals.All(budget), Values, budget));

    /// <summary>The texts to be written; null where any number may.</summary>
    public Dfa? Texts(CompileBudget budget) =>
        Values is null ? null : Spelling is null ? Values : DfaOperations.And(Values, Spelling, budget);

    private static Dfa? Join(Dfa? left, Dfa? right, CompileBudget budget)
    {
        if (left is null || right is null) return left ?? right;
        var both = DfaOperations.And(left, right, budget);
        return both.IsEmpty ? left : both;
    }
}
