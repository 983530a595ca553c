using Ashlar.Engine.Grammars.Automata;
using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>
/// Adds objects to a network: the named properties in order, each there or not, then others. Where their number is bounded, it is
/// part of the state.
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
        var last = shape.Max is { } most ? others.Count == 0 ? Math.Min(most, properties.Length) : most : Math.Max(min, 1);
        if (last > MaxCounted)
        {
            throw values.Error(FormattableString.Invariant(
                $"minProperties or maxProperties above {MaxCounted} is not supported; lower it, or remove it"));
        }

        var inside = values.Rules.AddSpace(network.AddAnyOf(from, "{"u8));
        var end = network.AddState();
        network.AddByte(end, (byte)'}', (byte)'}', to);
        var members = new int?[properties.Length];
        Dictionary<Position, int> states = [];
        Queue<Position> open = [];
        network.AddEmpty(inside, StateOf(new(0, 0, false)));
        while (open.TryDequeue(out var at))
        {
            var state = states[at];
            if (at.Property < properties.Length)
            {
                var property = properties[at.Property];
                var next = at with { Property = at.Property + 1 };
                if (!property.Required) network.AddEmpty(state, StateOf(next));
                if (at.Count >= shape.Max) continue;
                var rule = members[at.Property] ??= MemberRule(property);
                network.AddEmpty(AddMember(state, at.Count, rule), StateOf(next with { Count = Math.Min(at.Count + 1, last) }));
                continue;
            }

            if (at.Count >= min) network.AddEmpty(state, end);
            if (at.Count >= shape.Max) continue;
            // Two others may have one name; so the least number is met by the first of them alone.
            var count = at.HasOther && shape.Max is null ? at.Count : Math.Min(at.Count + 1, last);
            var behind = StateOf(new(at.Property, count, true));
            foreach (var rule in others) network.AddEmpty(AddMember(state, at.Count, rule), behind);
        }

        int StateOf(Position position)
        {
            if (states.TryGetValue(position, out var state)) return state;
            states.Add(position, state = network.AddState());
            open.Enqueue(position);
            return state;
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

    private int AddMember(int from, long before, int rule)
    {
        if (before > 0) from = values.Rules.AddSpace(network.AddAnyOf(from, ","u8));
        return values.Rules.AddSpace(network.AddCall(from, rule));
    }
}
