using System.Runtime.InteropServices;

namespace Ashlar.Engine.Grammars.Networks;

/// <summary>Numbers the states that can be reached, joins those alike, and lays them out flat.</summary>
internal static class NetworkLayout
{
    public static Network Make(
        FinishedState?[] states,
        List<(int Start, int End, string Place)> rules,
        int root,
        bool matchesEmpty,
        CompileBudget budget)
    {
        var order = Reachable(states, rules, rules[root].Start, budget);
        var numbers = Join(states, rules, order, budget);

        List<FinishedState> kept = [];
        foreach (var state in order)
        {
            if (numbers[state] == kept.Count) kept.Add(states[state]!);
        }

        var specials = kept.SelectMany(state => state.Specials).Select(edge => edge.Token).Distinct().Order().ToArray();
        var classOf = Classes(kept, out var classCount);
        List<NetworkEdge> edges = [];
        List<NetworkCall> calls = [];
        var (edgeStarts, callStarts) = (new int[kept.Count + 1], new int[kept.Count + 1]);
        Func<NetworkBuilder.ByteEdge, NetworkEdge> layEdge =
            edge => new(classOf[edge.First], classOf[edge.Last], numbers[edge.To]);
        Func<NetworkBuilder.CallEdge, NetworkCall> layCall =
            call => new(numbers[rules[call.Rule].Start], call.Min, call.Max, numbers[call.To]);
        for (var i = 0; i < kept.Count; i++)
        {
            AddDistinct(kept[i].Bytes, layEdge, edges);
            foreach (var (token, to) in kept[i].Specials)
            {
                var symbol = classCount + Array.BinarySearch(specials, token);
                edges.Add(new(symbol, symbol, numbers[to]));
            }

            AddDistinct(kept[i].Calls, layCall, calls);
            (edgeStarts[i + 1], callStarts[i + 1]) = (edges.Count, calls.Count);
            budget.Spend(kept[i].Bytes.Count);
        }

        var network = new Network
        {
            ClassOf = classOf,
            ClassCount = classCount,
            SpecialTokens = specials,
            Start = numbers[rules[root].Start],
            MatchesEmpty = matchesEmpty,
            Accepts = [.. kept.Select(state => state.Accepts)],
            OnlyAccepts = [.. kept.Select(state => state is { Accepts: true, Bytes: [], Calls: [], Specials: [] })],
            EdgeStarts = edgeStarts,
            Edges = [.. edges],
            CallStarts = callStarts,
            Calls = [.. calls],
            PlainRuns = new byte[kept.Count],
            IsPlainBody = new bool[kept.Count],
        };
        PlainRuns.Find(network, budget);
        return network;
    }

    private static List<int> Reachable(
        FinishedState?[] states, List<(int Start, int End, string Place)> rules, int start, CompileBudget budget)
    {
        List<int> order = [start];
        var seen = new bool[states.Length];
        seen[start] = true;
        List<int> targets = [];
        for (var i = 0; i < order.Count; i++)
        {
            var state = states[order[i]]!;
            budget.Spend(1 + state.Bytes.Count);
            state.FindTargets(rules, targets);
            foreach (var target in targets)
            {
                if (seen[target]) continue;
                seen[target] = true;
                order.Add(target);
            }
        }

        return order;
    }

    // States with the same edges are one; that may make those alike that lead to them, so these are looked at again. Gives every
    // state the number of its kind, in the order in which kinds are met.
    private static int[] Join(
        FinishedState?[] states, List<(int Start, int End, string Place)> rules, List<int> order, CompileBudget budget)
    {
        // The state that stands for all of a kind, and the others of it in a ring.
        var (leaders, others) = (new int[states.Length], new int[states.Length]);
        foreach (var state in order) leaders[state] = others[state] = state;
        var sources = FinishedState.Sources(states, order, rules);
        // Signatures speak of leaders: that of a state which has changed since stays behind and equals no later one.
        Dictionary<Signature, int> signatures = new(order.Count);
        Queue<int> open = new(Enumerable.Reverse(order)); // those behind first: most need no second look then
        var isOpen = new bool[states.Length];
        foreach (var state in order) isOpen[state] = true;
        while (open.TryDequeue(out var state))
        {
            isOpen[state] = false;
            if (leaders[state] != state) continue;
            budget.Spend(2 + (states[state]!.Bytes.Count * 2L));
            var signature = Signature.Of(states[state]!, rules, leaders);
            ref var leader = ref CollectionsMarshal.GetValueRefOrAddDefault(signatures, signature, out var isKnown);
            if (!isKnown) leader = state;
            else if (leader != state) Follow(state, leader);
        }

        var numbers = new int[states.Length];
        Array.Fill(numbers, -1);
        var count = 0;
        foreach (var state in order)
        {
            ref var number = ref numbers[leaders[state]];
            if (number < 0) number = count++;
            numbers[state] = number;
        }

        return numbers;

        void Follow(int state, int leader)
        {
            var member = state;
            do
            {
                leaders[member] = leader;
                foreach (var source in sources[member])
                {
                    budget.Spend();
                    if (isOpen[source]) continue;
                    isOpen[source] = true;
                    open.Enqueue(source);
                }

                member = others[member];
            }
            while (member != state);
            (others[state], others[leader]) = (others[leader], others[state]);
        }
    }

    private static void AddDistinct<TBuilt, T>(List<TBuilt> built, Func<TBuilt, T> lay, List<T> edges)
    {
        // Most states have one edge: no set is made to find that none is there twice.
        if (built is [var only]) edges.Add(lay(only));
        else if (built.Count > 1) edges.AddRange(built.Select(lay).Distinct());
    }

    private static byte[] Classes(List<FinishedState> states, out int count)
    {
        var begins = new bool[257];
        foreach (var edge in states.SelectMany(state => state.Bytes))
        {
            begins[edge.First] = true;
            begins[edge.Last + 1] = true;
        }

        var classOf = new byte[256];
        var number = 0;
        for (var value = 0; value < 256; value++)
        {
            if (value > 0 && begins[value]) number++;
            classOf[value] = (byte)number;
        }

        count = number + 1;
        return classOf;
    }

    private readonly struct Signature(bool accepts, (int, int, int, int)[] edges) : IEquatable<Signature>
    {
        private readonly bool _accepts = accepts;
        private readonly (int, int, int, int)[] _edges = edges;

        public static Signature Of(FinishedState state, List<(int Start, int End, string Place)> rules, int[] numbers)
        {
            var edges = new (int, int, int, int)[state.Bytes.Count + state.Specials.Count + state.Calls.Count];
            var count = 0;
            foreach (var edge in state.Bytes) edges[count++] = (-1, edge.First, edge.Last, numbers[edge.To]);
            foreach (var (token, to) in state.Specials) edges[count++] = (-2, token, 0, numbers[to]);
            foreach (var call in state.Calls)
            {
                edges[count++] = (numbers[rules[call.Rule].Start], call.Min, call.Max, numbers[call.To]);
            }

            if (count <= 1) return new(state.Accepts, edges);
            Array.Sort(edges);
            var kept = 1;
            for (var i = 1; i < count; i++)
            {
                if (edges[i] != edges[kept - 1]) edges[kept++] = edges[i];
            }

            return new(state.Accepts, kept == count ? edges : edges[..kept]);
        }

        public bool Equals(Signature other) => _accepts == other._accepts && _edges.AsSpan().SequenceEqual(other._edges);

        public override bool Equals(object? obj) => obj is Signature other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(_accepts);
            hash.AddBytes(MemoryMarshal.AsBytes(_edges.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
