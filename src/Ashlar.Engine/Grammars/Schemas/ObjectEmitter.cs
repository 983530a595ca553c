using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// Adds objects to a network: the named properties in order, each there or not, then others. Where their number is bounded, it is
/// part of the position. Each position is a rule, which begins with that of the next one where its property may be left out: as
/// states, each would repeat the edges of all behind it. The comma stands before that choice, so that it is one edge.
/// </summary>
internal sealed class ObjectEmitter(NetworkBuilder network, ValueEmitter values)
{
    private const int MaxCounted = 1000;

    // Where an object stands: the property that comes next, the members so far, and whether one that is not named is among them.
    private readonly record struct Position(int Property, long Count, bool HasOther);

    public void Add(ObjectShape shape, int from, int to)
    {
        // A property that no value has is not there; its name still belongs to none of the others.
        ObjectShape.Property[] properties = [.. shape.Properties.Where(property => !property.Goal.IsNone)];
        var others = Others(shape);
        if (MinOf(shape, properties, others.Count > 0) is not { } min) return;
        // Counts beyond the last that matters are one.
        var greatest = shape.Max is { } most ? others.Count == 0 ? Math.Min(most, properties.Length) : most : Math.Max(min, 1);
        if (greatest > MaxCounted)
        {
            throw values.Error(FormattableString.Invariant(
                $"minProperties or maxProperties above {MaxCounted} is not supported; lower it, or remove it"));
        }

        var inside = values.Rules.AddSpace(network.AddAnyOf(from, "{"u8));
        var end = network.AddState();
        network.AddByte(end, (byte)'}', (byte)'}', to);
        var members = new int?[properties.Length];
        var lastRequired = Array.FindLastIndex(properties, property => property.Required);
        Dictionary<(Position At, bool Next), int> rules = [];
        Queue<(Position At, bool Next)> open = [];
        if (MayEnd(default)) network.AddEmpty(inside, end);
        network.AddCall(inside, NextMember(default), end);
        while (open.TryDequeue(out var waiting))
        {
            var (at, isNext) = waiting;
            var (start, last, _) = network.Rules[rules[waiting]];
            if (at.Count >= shape.Max)
            {
                if (!isNext && MayEnd(at)) network.AddEmpty(start, last);
            }
            else if (!isNext)
            {
                if (MayEnd(at)) network.AddEmpty(start, last);
                network.AddCall(values.Rules.AddSpace(network.AddAnyOf(start, ","u8)), NextMember(at), last);
            }
            else if (at.Property < properties.Length)
            {
                var property = properties[at.Property];
                var next = at with { Property = at.Property + 1 };
                if (!property.Required) network.AddCall(start, NextMember(next), last);
                var member = AddMember(start, members[at.Property] ??= MemberRule(property));
                network.AddCall(member, Behind(next with { Count = Math.Min(at.Count + 1, greatest) }), last);
            }
            else
            {
                // Two others may have one name; so the least number is met by the first of them alone.
                var count = at.HasOther && shape.Max is null ? at.Count : Math.Min(at.Count + 1, greatest);
                var behind = Behind(new(at.Property, count, true));
                foreach (var other in others) network.AddCall(AddMember(start, other), behind, last);
            }
        }

        bool MayEnd(Position at) => at.Property > lastRequired && at.Count >= min;

        // One more member, and all behind it.
        int NextMember(Position at) => RuleOf(at, isNext: true);

        // What may stand behind a member: nothing, or a comma and one more.
        int Behind(Position at) => RuleOf(at, isNext: false);

        int RuleOf(Position at, bool isNext)
        {
            if (rules.TryGetValue((at, isNext), out var rule)) return rule;
            rules.Add((at, isNext), rule = network.AddRule(network.Budget.Place));
            open.Enqueue((at, isNext));
            return rule;
        }
    }

    // The least number of members as far as it is not met anyway; null where it cannot be met.
    private long? MinOf(ObjectShape shape, ObjectShape.Property[] properties, bool hasOthers)
    {
        if (shape.Min <= properties.Count(property => property.Required)) return 0;
        if (!hasOthers) return shape.Min <= properties.Length ? shape.Min : null;
        if (shape.Min <= properties.Length + 1 && (shape.Max is null || shape.Min <= 1)) return shape.Min;
        throw values.Error("minProperties needs several names that no property has, and a grammar cannot see that they differ; "
            + "name them in 'properties' or 'required'");
    }

    private List<int> Others(ObjectShape shape)
    {
        List<int> rules = [];
        var named = Dfa.Of(shape.Properties.Select(property => property.Name), network.Budget);
        foreach (var set in shape.Others)
        {
            var names = DfaOperations.Except(set.Names, named, network.Budget);
            if (names.IsEmpty || set.Goal.IsNone) continue;
            var rule = network.AddRule(network.Budget.Place);
            var (start, end, _) = network.Rules[rule];
            var name = names.IsAll ? values.Rules.AddText(start) : values.Rules.AddText(start, names);
            AddValue(name, set.Goal, end);
            rules.Add(rule);
        }

        return rules;
    }

    private int MemberRule(ObjectShape.Property property)
    {
        var rule = network.AddRule(network.Budget.Place);
        var (start, end, _) = network.Rules[rule];
        AddValue(network.AddLiteral(start, [(byte)'"', .. JsonCharacters.Escape(property.Name), (byte)'"']), property.Goal, end);
        return rule;
    }

    private void AddValue(int name, Goal goal, int end) =>
        network.AddEmpty(network.AddCall(values.Rules.AddSpace(network.AddAnyOf(name, ":"u8)), values.RuleOf(goal)), end);

    private int AddMember(int from, int rule) => values.Rules.AddSpace(network.AddCall(from, rule));
}
