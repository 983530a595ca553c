namespace Ashlar.Engine.Grammars.Networks;

/// <summary>Numbers the states that can be reached, joins those alike, and lays them out flat.</summary>
internal static class NetworkLayout
{
    private const int JoiningRounds = 12;

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
        for (var i = 0; i < kept.Count; i++)
        {
            edges.AddRange(kept[i].Bytes
                .Select(edge => new NetworkEdge(classOf[edge.First], classOf[edge.Last], numbers[edge.To])).Distinct());
            foreach (var (token, to) in kept[i].Specials)
            {
                var symbol = classCount + Array.BinarySearch(specials, token);
                edges.Add(new(symbol, symbol, numbers[to]));
            }

            calls.AddRange(kept[i].Calls
                .Select(call => new NetworkCall(numbers[rules[call.Rule].Start], call.Min, call.Max, numbers[call.To]))
                .Distinct());
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
        for (var i = 0; i < order.Count; i++)
        {
            var state = states[order[i]]!;
            budget.Spend(1 + state.Bytes.Count);
            foreach (var edge in state.Bytes) Visit(edge.To);
            foreach (var (_, to) in state.Specials) Visit(to);
            foreach (var call in state.Calls)
            {
                Visit(rules[call.Rule].Start);
                Visit(call.To);
            }
        }

        return order;

        void Visit(int state)
        {
            if (seen[state]) return;
            seen[state] = true;
            order.Add(state);
        }
    }

    // States with the same edges are one; that makes others the same. A few rounds find what is worth finding.
    private static int[] Join(
        FinishedState?[] states, List<(int Start, int End, string Place)> rules, List<int> order, CompileBudget budget)
    {
        var numbers = new int[states.Length];
        for (var i = 0; i < order.Count; i++) numbers[order[i]] = i;
        var count = order.Count;
        for (var round = 0; round < JoiningRounds; round++)
        {
            Dictionary<Signature, int> signatures = new(count);
            var next = new int[states.Length];
            foreach (var number in order)
            {
                var state = states[number]!;
                budget.Spend(2 + (state.Bytes.Count * 2L));
                var signature = Signature.Of(state, rules, numbers);
                if (!signatures.TryGetValue(signature, out var same)) signatures.Add(signature, same = signatures.Count);
                next[number] = same;
            }

            numbers = next;
            var joined = count - signatures.Count;
            count = signatures.Count;
            if (joined <= count / 100) break;
        }

        return numbers;
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
            // Most states have one edge: no set is made to find that none is there twice.
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
            foreach (var edge in _edges) hash.Add(edge);
            return hash.ToHashCode();
        }
    }
}
