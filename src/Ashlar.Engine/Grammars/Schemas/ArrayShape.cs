namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>A way an array may look.</summary>
internal sealed record ArrayShape
{
    public static ArrayShape Any { get; } = new();

    /// <summary>The first items.</summary>
    public IReadOnlyList<Goal> Prefix { get; init; } = [];

    /// <summary>All further items.</summary>
    public Goal Rest { get; init; } = Goal.Any;

    /// <summary>Whether a keyword spoke about further items, so that unevaluatedItems does not.</summary>
    public bool RestIsEvaluated { get; init; }

    public long Min { get; init; }

    public long? Max { get; init; }

    public bool Unique { get; init; }

    /// <summary>What some items must be, and how many.</summary>
    public Containment? Contains { get; init; }

    public bool IsAny => this is { Prefix.Count: 0, Rest.IsAny: true, Min: 0, Max: null, Unique: false, Contains: null };

    public Goal ItemAt(int index) => index < Prefix.Count ? Prefix[index] : Rest;

    /// <summary>What both allow; null where it is nothing, as far as that is plain to see.</summary>
    public static ArrayShape? And(ArrayShape left, ArrayShape right, GrammarException twoContains)
    {
        if (left.Contains is not null && right.Contains is not null && left.Contains != right.Contains) throw twoContains;
        var prefix = new Goal[Math.Max(left.Prefix.Count, right.Prefix.Count)];
        for (var i = 0; i < prefix.Length; i++) prefix[i] = Goal.And(left.ItemAt(i), right.ItemAt(i));
        return new ArrayShape
        {
            Prefix = prefix,
            Rest = Goal.And(left.Rest, right.Rest),
            RestIsEvaluated = left.RestIsEvaluated || right.RestIsEvaluated,
            Min = Math.Max(left.Min, right.Min),
            Max = LengthRange.Least(left.Max, right.Max),
            Unique = left.Unique || right.Unique,
            Contains = left.Contains ?? right.Contains,
        }.Tightened();
    }

    /// <summary>The same with the bound that impossible items give; null where nothing is left.</summary>
    public ArrayShape? Tightened()
    {
        var possible = 0;
        while (possible < Prefix.Count && !Prefix[possible].IsNone) possible++;
        var max = possible < Prefix.Count || Rest.IsNone ? Math.Min(Max ?? possible, possible) : Max;
        return Min > max ? null : this with { Max = max };
    }

    /// <summary>How many items must be, or may be, of a kind.</summary>
    public sealed record Containment(Goal Goal, long Min, long? Max);
}
