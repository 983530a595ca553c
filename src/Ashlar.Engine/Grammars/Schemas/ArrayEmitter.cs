using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Schemas;

/// <summary>Adds arrays to a network.</summary>
internal sealed class ArrayEmitter(NetworkBuilder network, ValueEmitter values)
{
    private const int MaxUniqueValues = 10; // sets of them are states: 1024
    private const int MaxCounted = 2000; // items that are counted one state each

    public void Add(ArrayShape array, int from, int to)
    {
        var inside = values.Rules.AddSpace(network.AddAnyOf(from, "["u8));
        var end = network.AddState();
        network.AddByte(end, (byte)']', (byte)']', to);
        if (array.Unique && array.Max is not <= 1) AddUnique(array, inside, end);
        else if (array.Contains is { } contains) AddContaining(array, contains, inside, end);
        else AddItems(array, inside, end);
    }

    private void AddItems(ArrayShape array, int from, int end)
    {
        var prefix = (int)Math.Min(array.Prefix.Count, array.Max ?? long.MaxValue);
        if (array.Min == 0) network.AddEmpty(from, end);
        for (var i = 0; i < prefix; i++)
        {
            from = AddItem(from, array.Prefix[i], first: i == 0);
            if (i + 1 >= array.Min) network.AddEmpty(from, end);
        }

        if (array.Max <= prefix || array.Rest.IsNone) return;
        if (prefix == 0)
        {
            from = AddItem(from, array.Rest, first: true);
            if (array.Min <= 1) network.AddEmpty(from, end);
            prefix = 1;
        }

        if (array.Max <= prefix) return;
        var (min, max) = (Math.Max(0, array.Min - prefix), array.Max - prefix);
        if (min <= 1 && max is null)
        {
            var loop = network.AddState();
            network.AddEmpty(from, loop);
            var back = AddItem(loop, array.Rest, first: false);
            network.AddEmpty(back, loop);
            network.AddEmpty(back, end);
            return;
        }

        var rule = network.AddRule(network.Budget.Place);
        network.AddEmpty(AddItem(network.Rules[rule].Start, array.Rest, first: false), network.Rules[rule].End);
        var bound = max is { } most ? ValueEmitter.Bounded(most) : NetworkBuilder.Unbounded;
        network.AddCall(from, rule, end, ValueEmitter.Bounded(min), bound);
    }

    // Items so far, and how many of them were of the kind, as far as it matters.
    private void AddContaining(ArrayShape array, ArrayShape.Containment contains, int from, int end)
    {
        var last = array.Max ?? Math.Max(array.Min, array.Prefix.Count); // beyond, all lengths are alike
        var most = contains.Max ?? contains.Min;
        if (last > MaxCounted || most > MaxCounted || (last + 1) * (most + 1) > 20 * MaxCounted)
        {
            throw values.Error(
                "'contains' with such large bounds is not supported; lower minItems, maxItems, minContains or maxContains");
        }

        var other = contains.Max is null ? Goal.Any : values.Not(contains.Goal);
        Dictionary<(long Length, long Found, bool First), int> states = [];
        Stack<(long Length, long Found, bool First)> open = [];
        network.AddEmpty(from, StateOf((0, 0, true)));
        while (open.TryPop(out var at))
        {
            var state = states[at];
            if (at.Length >= array.Min && at.Found >= contains.Min) network.AddEmpty(state, end);
            if (array.Max is not null && at.Length >= array.Max) continue;
            // Past the prefix and the bounds the length stays; then it is an item of the rest.
            var item = at.Length >= last && array.Max is null ? array.Rest : array.ItemAt((int)at.Length);
            var length = Math.Min(at.Length + 1, last);
            Append(Goal.And(item, other), at.Found);
            if (at.Found < most) Append(Goal.And(item, contains.Goal), at.Found + 1);
            else if (contains.Max is null) Append(item, at.Found);

            void Append(Goal goal, long found)
            {
                if (!goal.IsNone) network.AddEmpty(AddItem(state, goal, at.First), StateOf((length, found, false)));
            }
        }

        int StateOf((long, long, bool) key)
        {
            if (states.TryGetValue(key, out var state)) return state;
            states.Add(key, state = network.AddState());
            open.Push(key);
            return state;
        }
    }

    // The set of the values so far is the state.
    private void AddUnique(ArrayShape array, int from, int end)
    {
        var items = array.Prefix.Count == 0 && array.Contains is null
            ? FiniteValues.Of(values.Shapes.Of(array.Rest), MaxUniqueValues, network.Budget)
            : null;
        if (items is null)
        {
            throw values.Error(FormattableString.Invariant(
                $"uniqueItems needs items of one enum of at most {MaxUniqueValues} scalars: ")
                + "a grammar cannot remember more; remove it and check afterwards");
        }

        var states = new int[1 << items.Count];
        for (var set = 0; set < states.Length; set++) states[set] = network.AddState();
        network.AddEmpty(from, states[0]);
        for (var set = 0; set < states.Length; set++)
        {
            var count = System.Numerics.BitOperations.PopCount((uint)set);
            if (count >= array.Min) network.AddEmpty(states[set], end);
            if (count >= array.Max || count == items.Count) continue;
            var next = set == 0 ? states[set] : values.Rules.AddSpace(network.AddAnyOf(states[set], ","u8));
            for (var i = 0; i < items.Count; i++)
            {
                if ((set & (1 << i)) != 0) continue;
                network.AddEmpty(values.Rules.AddSpace(network.AddLiteral(next, items[i])), states[set | (1 << i)]);
            }
        }
    }

    private int AddItem(int from, Goal item, bool first)
    {
        if (!first) from = values.Rules.AddSpace(network.AddAnyOf(from, ","u8));
        return values.Rules.AddSpace(network.AddCall(from, values.RuleOf(item)));
    }
}
