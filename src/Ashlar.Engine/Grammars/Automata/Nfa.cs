namespace Ashlar.Engine.Grammars.Automata;

/// <summary>An automaton under construction that need not be deterministic, over code points and two marks.</summary>
internal sealed class Nfa(CompileBudget budget)
{
    /// <summary>The mark before the first character, which the anchor ^ reads.</summary>
    public const int Begin = 0x110000;

    /// <summary>The mark behind the last character, which the anchor $ reads.</summary>
    public const int End = 0x110001;

    private readonly List<List<(int First, int Last, int Target)>> _edges = [];
    private readonly List<List<int>> _empty = [];

    public int Count => _edges.Count;

    public int AddState()
    {
        budget.Spend(4);
        budget.CheckStates(_edges.Count);
        _edges.Add([]);
        _empty.Add([]);
        return _edges.Count - 1;
    }

    public void AddEmpty(int from, int to) => _empty[from].Add(to);

    public void AddEdge(int from, int first, int last, int to) => _edges[from].Add((first, last, to));

    public void AddEdges(int from, (int First, int Last)[] ranges, int to)
    {
        budget.Spend(ranges.Length);
        foreach (var (first, last) in ranges) _edges[from].Add((first, last, to));
    }

    /// <summary>
    /// The texts w for which the automaton reads Begin w End from <paramref name="start"/> to <paramref name="end"/>.
    /// </summary>
    public Dfa Determinize(int start, int end)
    {
        var first = Closure([start]);
        var behindBegin = Closure(Targets(first, Begin));
        return behindBegin.Length == 0
            ? Dfa.None
            : DfaExplorer.Explore(
                behindBegin,
                set => Array.BinarySearch(Closure(Targets(set, End)), end) >= 0,
                AddTransitions,
                budget,
                SetComparer.Instance);
    }

    private List<int> Targets(int[] set, int symbol) =>
        [.. set.SelectMany(state => _edges[state]).Where(edge => edge.First <= symbol && symbol <= edge.Last)
            .Select(edge => edge.Target)];

    private int[] Closure(IEnumerable<int> states)
    {
        HashSet<int> closure = [];
        Stack<int> open = new(states);
        while (open.TryPop(out var state))
        {
            budget.Spend();
            if (!closure.Add(state)) continue;
            foreach (var next in _empty[state]) open.Push(next);
        }

        int[] sorted = [.. closure];
        Array.Sort(sorted);
        return sorted;
    }

    // Cuts the code points at every border of an edge; in each piece the set of targets is one.
    private void AddTransitions(int[] set, List<(int First, int Last, int[] Target)> transitions)
    {
        List<(int First, int Last, int Target)> edges = [];
        foreach (var state in set)
        {
            foreach (var edge in _edges[state])
            {
                if (edge.First < Begin) edges.Add(edge);
            }
        }

        edges.Sort();
        SortedSet<int> borders = [];
        foreach (var (first, last, _) in edges)
        {
            borders.Add(first);
            borders.Add(last + 1);
        }

        budget.Spend(edges.Count * 4L);
        List<(int First, int Last, int Target)> active = [];
        var (next, previous) = (0, -1);
        Dictionary<int[], int[]> closures = new(SetComparer.Instance);
        foreach (var border in borders)
        {
            if (active.Count > 0)
            {
                int[] targets = [.. active.Select(edge => edge.Target).Distinct().Order()];
                budget.Spend(active.Count * 2L);
                if (!closures.TryGetValue(targets, out var closure)) closures.Add(targets, closure = Closure(targets));
                transitions.Add((previous, border - 1, closure));
            }

            active.RemoveAll(edge => edge.Last < border);
            while (next < edges.Count && edges[next].First == border) active.Add(edges[next++]);
            previous = border;
        }
    }

    private sealed class SetComparer : IEqualityComparer<int[]>
    {
        public static SetComparer Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj)
        {
            var hash = default(HashCode);
            foreach (var item in obj) hash.Add(item);
            return hash.ToHashCode();
        }
    }
}
