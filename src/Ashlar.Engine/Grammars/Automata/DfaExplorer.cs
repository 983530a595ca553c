namespace Ashlar.Engine.Grammars.Automata;

/// <summary>
/// Makes an automaton of anything that has states: starts at one, follows the transitions that a function gives, numbers each
/// new state, then drops what leads nowhere and joins what cannot be told apart.
/// </summary>
internal static class DfaExplorer
{
    // Partitions are refined once for each step of the longest way between states that differ; beyond this size that may be long.
    private const int MinimizedStates = 3000;

    /// <param name="start">The first state.</param>
    /// <param name="accepts">Whether a text may end in a state.</param>
    /// <param name="edges">Adds the transitions of a state, sorted and disjoint, to a list.</param>
    /// <param name="budget">What it may cost.</param>
    /// <param name="comparer">Says which states are one, where their own equality does not.</param>
    public static Dfa Explore<TState>(
        TState start, Func<TState, bool> accepts, Action<TState, List<(int First, int Last, TState Target)>> edges,
        CompileBudget budget, IEqualityComparer<TState>? comparer = null)
        where TState : notnull
    {
        Dictionary<TState, int> numbers = new(comparer) { [start] = 0 };
        List<TState> states = [start];
        List<DfaEdge[]> found = [];
        List<bool> accepting = [];
        List<(int First, int Last, TState Target)> list = [];
        for (var i = 0; i < states.Count; i++)
        {
            list.Clear();
            edges(states[i], list);
            budget.Spend(2 + (list.Count * 2L));
            accepting.Add(accepts(states[i]));
            var row = new DfaEdge[list.Count];
            for (var j = 0; j < row.Length; j++)
            {
                var (first, last, target) = list[j];
                if (!numbers.TryGetValue(target, out var number))
                {
                    number = states.Count;
                    budget.CheckStates(number);
                    numbers.Add(target, number);
                    states.Add(target);
                }

                row[j] = new(first, last, number);
            }

            found.Add(row);
        }

        return Clean([.. found], [.. accepting], budget);
    }

    /// <summary>Drops states from which nothing is accepted, and joins states alike.</summary>
    private static Dfa Clean(DfaEdge[][] edges, bool[] accepts, CompileBudget budget)
    {
        var alive = Alive(edges, accepts, budget);
        if (!alive[0]) return Dfa.None;

        var classes = edges.Length <= MinimizedStates
            ? Classes(edges, accepts, alive, budget)
            : ClassesFromBehind(edges, accepts, alive, budget);

        // Numbers in order of first visit, so that the start is 0.
        var numbers = new Dictionary<int, int>();
        List<int> examples = [];
        for (var i = 0; i < classes.Length; i++)
        {
            if (classes[i] >= 0 && numbers.TryAdd(classes[i], examples.Count)) examples.Add(i);
        }

        var rows = new DfaEdge[examples.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            List<DfaEdge> row = [];
            foreach (var (first, last, target) in edges[examples[i]])
            {
                if (classes[target] < 0) continue;
                var number = numbers[classes[target]];
                Append(row, new(first, last, number));
            }

            rows[i] = [.. row];
        }

        return new(rows, [.. examples.Select(example => accepts[example])]);
    }

    private static bool[] Alive(DfaEdge[][] edges, bool[] accepts, CompileBudget budget)
    {
        var sources = new List<int>?[edges.Length];
        for (var i = 0; i < edges.Length; i++)
        {
            foreach (var edge in edges[i]) (sources[edge.Target] ??= []).Add(i);
        }

        var alive = new bool[edges.Length];
        Stack<int> open = [];
        for (var i = 0; i < edges.Length; i++)
        {
            if (!accepts[i]) continue;
            alive[i] = true;
            open.Push(i);
        }

        while (open.TryPop(out var state))
        {
            foreach (var source in sources[state] ?? [])
            {
                budget.Spend();
                if (alive[source]) continue;
                alive[source] = true;
                open.Push(source);
            }
        }

        return alive;
    }

    // Moore's algorithm: split by acceptance, then by the classes that edges lead to, until nothing splits.
    private static int[] Classes(DfaEdge[][] edges, bool[] accepts, bool[] alive, CompileBudget budget)
    {
        var classes = new int[edges.Length];
        for (var i = 0; i < classes.Length; i++) classes[i] = !alive[i] ? -1 : accepts[i] ? 1 : 0;
        var count = classes.Where(number => number >= 0).Distinct().Count();
        while (true)
        {
            Dictionary<Signature, int> signatures = [];
            var next = new int[classes.Length];
            for (var i = 0; i < classes.Length; i++)
            {
                if (classes[i] < 0)
                {
                    next[i] = -1;
                    continue;
                }

                budget.Spend(2 + edges[i].Length);
                var signature = Signature.Of(classes[i], edges[i], classes);
                if (!signatures.TryGetValue(signature, out var number)) signatures.Add(signature, number = signatures.Count);
                next[i] = number;
            }

            classes = next;
            if (signatures.Count == count) return classes;
            count = signatures.Count;
        }
    }

    // States alike whose edges lead to the same classes, looked at once: joins what trees of names have many times.
    private static int[] ClassesFromBehind(DfaEdge[][] edges, bool[] accepts, bool[] alive, CompileBudget budget)
    {
        var classes = new int[edges.Length];
        for (var i = 0; i < classes.Length; i++) classes[i] = alive[i] ? i : -1;
        Dictionary<Signature, int> signatures = [];
        for (var i = classes.Length - 1; i >= 0; i--)
        {
            if (!alive[i]) continue;
            budget.Spend(2 + edges[i].Length);
            var signature = Signature.Of(accepts[i] ? 1 : 0, edges[i], classes);
            if (!signatures.TryAdd(signature, i)) classes[i] = signatures[signature];
        }

        return classes;
    }

    private static void Append(List<DfaEdge> row, DfaEdge edge)
    {
        var joins = row.Count > 0 && row[^1].Target == edge.Target && row[^1].Last == edge.First - 1;
        if (joins) row[^1] = row[^1] with { Last = edge.Last };
        else row.Add(edge);
    }

    private readonly struct Signature(int own, DfaEdge[] row) : IEquatable<Signature>
    {
        private readonly int _own = own;
        private readonly DfaEdge[] _row = row;

        public static Signature Of(int own, DfaEdge[] edges, int[] classes)
        {
            var row = new List<DfaEdge>(edges.Length);
            foreach (var (first, last, target) in edges)
            {
                var reached = classes[target];
                if (reached < 0) continue;
                Append(row, new(first, last, reached));
            }

            return new(own, [.. row]);
        }

        public bool Equals(Signature other) => _own == other._own && _row.AsSpan().SequenceEqual(other._row);

        public override bool Equals(object? obj) => obj is Signature other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(_own);
            foreach (var edge in _row) hash.Add(edge);
            return hash.ToHashCode();
        }
    }
}
