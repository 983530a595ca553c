using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>A set of strings, by value.</summary>
/// <param name="Pattern">An automaton that they match; null for all.</param>
/// <param name="Min">Their least number of code points.</param>
/// <param name="Max">Their greatest; null for none.</param>
internal sealed record StringSet(Dfa? Pattern = null, long Min = 0, long? Max = null)
{
    public static StringSet All { get; } = new();

    public static StringSet None { get; } = new(Dfa.None);

    public bool IsAll => this is { Pattern: null, Min: 0, Max: null };

    public bool IsEmpty => Pattern is { IsEmpty: true } || Min > Max;

    public StringSet And(StringSet other, CompileBudget budget)
    {
        var pattern = Pattern is null ? other.Pattern
            : other.Pattern is null ? Pattern
            : DfaOperations.And(Pattern, other.Pattern, budget);
        return new(pattern, Math.Max(Min, other.Min), Max is null ? other.Max : other.Max is null ? Max : Math.Min(Max.Value, other.Max.Value));
    }

    public StringSet Or(StringSet other, CompileBudget budget) =>
        IsEmpty || other.IsAll ? other
        : other.IsEmpty || IsAll ? this
        : new(DfaOperations.Or(ToDfa(budget), other.ToDfa(budget), budget));

    public StringSet Not(CompileBudget budget) =>
        IsAll ? None : IsEmpty ? All : new(DfaOperations.Not(ToDfa(budget), budget));

    /// <summary>The strings as one automaton.</summary>
    public Dfa ToDfa(CompileBudget budget) => DfaOperations.WithLength(Pattern ?? Dfa.All, Min, Max, budget);
}
