using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>A way an object may look.</summary>
internal sealed record ObjectShape
{
    public static ObjectShape Any { get; } = new() { Others = [new(Dfa.All, Goal.Any, false)] };

    /// <summary>The properties that are spoken of by name, in order.</summary>
    public IReadOnlyList<Property> Properties { get; init; } = [];

    /// <summary>All further names in sets that do not overlap; a name in none of them is not allowed. A set may hold names of
    /// <see cref="Properties"/>, which it does not mean.</summary>
    public required IReadOnlyList<NameSet> Others { get; init; }

    public long Min { get; init; }

    public long? Max { get; init; }

    public bool IsAny => this is { Properties.Count: 0, Min: 0, Max: null, Others: [{ Names.IsAll: true, Goal.IsAny: true }] };

    public Property? Find(string name) => Properties.FirstOrDefault(property => property.Name == name);

    /// <summary>What the value of a name must satisfy.</summary>
    public Goal GoalOf(string name) =>
        Find(name)?.Goal ?? Others.FirstOrDefault(set => set.Names.Matches(name))?.Goal ?? Goal.None;

    /// <summary>The same with a property that must, or may not, be there; null where that cannot be.</summary>
    public ObjectShape? With(string name, Goal goal, bool required)
    {
        var joined = new Property(name, Goal.And(GoalOf(name), goal), required || Find(name) is { Required: true });
        List<Property> properties = [.. Properties];
        var index = properties.FindIndex(property => property.Name == name);
        if (index < 0) properties.Add(joined);
        else properties[index] = joined;
        return joined is { Required: true, Goal.IsNone: true } ? null : this with { Properties = properties };
    }

    /// <summary>What both allow; null where it is nothing, as far as that is plain to see.</summary>
    public static ObjectShape? And(ObjectShape left, ObjectShape right, CompileBudget budget)
    {
        if (left.IsAny) return right with { Others = Evaluated(right.Others, left.Others[0].IsEvaluated) };
        if (right.IsAny) return left with { Others = Evaluated(left.Others, right.Others[0].IsEvaluated) };
        List<Property> properties = [];
        var byName = right.Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
        var names = left.Properties.Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var own in left.Properties)
        {
            var other = byName.GetValueOrDefault(own.Name);
            var goal = Goal.And(own.Goal, other?.Goal ?? right.GoalOf(own.Name));
            properties.Add(new(own.Name, goal, own.Required || other is { Required: true }));
        }

        foreach (var other in right.Properties.Where(property => !names.Contains(property.Name)))
        {
            properties.Add(other with { Goal = Goal.And(other.Goal, left.GoalOf(other.Name)) });
        }

        if (properties.Exists(property => property is { Required: true, Goal.IsNone: true })) return null;
        List<NameSet> others = [];
        foreach (var a in left.Others)
        {
            foreach (var b in right.Others)
            {
                var both = DfaOperations.And(a.Names, b.Names, budget);
                if (!both.IsEmpty) others.Add(new(both, Goal.And(a.Goal, b.Goal), a.IsEvaluated || b.IsEvaluated));
            }
        }

        var max = LengthRange.Least(left.Max, right.Max);
        var min = Math.Max(left.Min, right.Min);
        return min > max ? null : new ObjectShape { Properties = properties, Others = others, Min = min, Max = max };
    }

    private static IReadOnlyList<NameSet> Evaluated(IReadOnlyList<NameSet> sets, bool evaluated) =>
        evaluated ? [.. sets.Select(set => set with { IsEvaluated = true })] : sets;

    public sealed record Property(string Name, Goal Goal, bool Required);

    /// <summary>Names and what their values must satisfy.</summary>
    /// <param name="Names">The names.</param>
    /// <param name="Goal">What their values are.</param>
    /// <param name="IsEvaluated">Whether a keyword spoke about them, so that unevaluatedProperties does not.</param>
    public sealed record NameSet(Dfa Names, Goal Goal, bool IsEvaluated);
}
