namespace Ashlar.Engine.Grammars.Automata;

/// <summary>One transition: code points from <paramref name="First"/> to <paramref name="Last"/> lead to a state.</summary>
internal readonly record struct DfaEdge(int First, int Last, int Target);

/// <summary>
/// A set of texts as a deterministic automaton over code points. State 0 begins. From every state an accepting one can be
/// reached, except that the empty set is a lone state that does not accept. Immutable.
/// </summary>
internal sealed class Dfa
{
    private readonly DfaEdge[][] _edges;
    private readonly bool[] _accepts;

    internal Dfa(DfaEdge[][] edges, bool[] accepts) => (_edges, _accepts) = (edges, accepts);

    /// <summary>Every text.</summary>
    public static Dfa All { get; } =
        new([[.. CodePointRanges.All.Select(range => new DfaEdge(range.First, range.Last, 0))]], [true]);

    /// <summary>No text at all.</summary>
    public static Dfa None { get; } = new([[]], [false]);

    public int Count => _edges.Length;

    public bool IsEmpty => Count == 1 && !_accepts[0] && _edges[0].Length == 0;

    /// <summary>Whether every text belongs; exact for minimized automata only.</summary>
    public bool IsAll => Count == 1 && _accepts[0] && _edges[0].Length == 2 && _edges[0][0] is (0, 0xD7FF, _)
        && _edges[0][1] is (0xE000, CodePointRanges.Last, _);

    /// <summary>The transitions of a state, sorted and disjoint.</summary>
    public DfaEdge[] Edges(int state) => _edges[state];

    public bool Accepts(int state) => _accepts[state];

    /// <summary>The state behind a code point, or -1.</summary>
    public int Next(int state, int codePoint)
    {
        foreach (var edge in _edges[state])
        {
            if (codePoint < edge.First) return -1;
            if (codePoint <= edge.Last) return edge.Target;
        }

        return -1;
    }

    public bool Matches(string text)
    {
        var state = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((state = Next(state, rune.Value)) < 0) return false;
        }

        return _accepts[state];
    }

    /// <summary>The set of the given texts: the tree of their prefixes.</summary>
    public static Dfa Of(IEnumerable<string> texts, CompileBudget budget)
    {
        List<SortedDictionary<int, int>> children = [[]];
        List<bool> accepts = [false];
        foreach (var text in texts)
        {
            var state = 0;
            foreach (var rune in text.EnumerateRunes())
            {
                budget.Spend(2);
                if (!children[state].TryGetValue(rune.Value, out var next))
                {
                    next = children.Count;
                    budget.CheckStates(next);
                    children[state].Add(rune.Value, next);
                    children.Add([]);
                    accepts.Add(false);
                }

                state = next;
            }

            accepts[state] = true;
        }

        return new(
            [.. children.Select(node => node.Select(child => new DfaEdge(child.Key, child.Key, child.Value)).ToArray())],
            [.. accepts]);
    }

    /// <summary>The texts of a finite set, or null where there are more than <paramref name="limit"/>.</summary>
    public List<string>? Enumerate(int limit)
    {
        List<string> texts = [];
        var text = new System.Text.StringBuilder();
        return Visit(0, 0) ? texts : null;

        bool Visit(int state, int depth)
        {
            if (depth > 4096) return false;
            if (_accepts[state])
            {
                if (texts.Count == limit) return false;
                texts.Add(text.ToString());
            }

            foreach (var (first, last, target) in _edges[state])
            {
                if (last - first > limit) return false;
                for (var code = first; code <= last; code++)
                {
                    var length = text.Length;
                    text.Append(char.ConvertFromUtf32(code));
                    if (!Visit(target, depth + 1)) return false;
                    text.Length = length;
                }
            }

            return true;
        }
    }
}
