namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// The edges of many states, of which each has few: one list, in which those of a state are chained in the order in which they
/// came. A list for each state would be most of what building a grammar allocates.
/// </summary>
internal sealed class EdgeTable<T>
{
    private readonly List<(int First, int Last)> _chains = [];
    private readonly List<(T Edge, int Next)> _edges = [];

    /// <summary>The number of states.</summary>
    public int States => _chains.Count;

    public Chain this[int state] => new(this, _chains[state].First);

    /// <summary>One more state, without edges.</summary>
    public void AddState() => _chains.Add((-1, -1));

    public void Add(int state, T edge)
    {
        var (first, last) = _chains[state];
        var added = _edges.Count;
        _edges.Add((edge, -1));
        if (first < 0) first = added;
        else _edges[last] = _edges[last] with { Next = added };
        _chains[state] = (first, added);
    }

    /// <summary>The edges of a state; none may be added to it meanwhile.</summary>
    public struct Chain(EdgeTable<T> table, int first)
    {
        private int _next = first;

        public T Current { get; private set; } = default!;

        /// <summary>Whether no edge is left.</summary>
        public readonly bool IsEmpty => _next < 0;

        public readonly Chain GetEnumerator() => this;

        public bool MoveNext()
        {
            if (IsEmpty) return false;
            (Current, _next) = table._edges[_next];
            return true;
        }
    }
}
