using Ashlar.Engine.Grammars.Automata;

namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// A grammar under construction: rules, each an automaton whose edges read bytes, read nothing, read a special token, or run
/// another rule, once or a counted number of times. <see cref="NetworkFinisher"/> makes a <see cref="Network"/> of it.
/// </summary>
internal sealed class NetworkBuilder(TokenTable tokens, CompileBudget budget)
{
    /// <summary>What <see cref="CallEdge.Max"/> is where there is no bound.</summary>
    public const int Unbounded = int.MaxValue;

    /// <summary>A rule run from Min to Max times on the way between two states.</summary>
    public readonly record struct CallEdge(int Rule, int Min, int Max, int To);

    public readonly record struct ByteEdge(byte First, byte Last, int To);

    private readonly Dictionary<(byte First, byte Last, int To), int> _tails = [];
    private int _edgeCount;

    public CompileBudget Budget => budget;

    public EdgeTable<ByteEdge> Bytes { get; } = new();

    public EdgeTable<int> Empty { get; } = new();

    public EdgeTable<CallEdge> Calls { get; } = new();

    /// <summary>Edges that read a special token: few states have any.</summary>
    public Dictionary<int, List<(int Token, int To)>> Specials { get; } = [];

    /// <summary>The first and last state of each rule; nothing leads back to the first, nothing leaves the last.</summary>
    public List<(int Start, int End, string Place)> Rules { get; } = [];

    public int AddState()
    {
        budget.Spend(2);
        if (Bytes.States >= GrammarLimits.NetworkStates) throw budget.TooLarge();
        Bytes.AddState();
        Empty.AddState();
        Calls.AddState();
        return Bytes.States - 1;
    }

    /// <summary>Adds a rule of which only the ends are there yet.</summary>
    /// <param name="place">Where the source says so, for messages.</param>
    public int AddRule(string place)
    {
        Rules.Add((AddState(), AddState(), place));
        return Rules.Count - 1;
    }

    public void AddEmpty(int from, int to)
    {
        Count();
        Empty.Add(from, to);
    }

    public void AddByte(int from, byte first, byte last, int to)
    {
        Count();
        Bytes.Add(from, new(first, last, to));
    }

    /// <summary>Runs a rule between two states.</summary>
    public void AddCall(int from, int rule, int to, int min = 1, int max = 1)
    {
        Count();
        if (max > 0) Calls.Add(from, new(rule, min, max, to));
        else AddEmpty(from, to);
    }

    public int AddCall(int from, int rule)
    {
        var to = AddState();
        AddCall(from, rule, to);
        return to;
    }

    public void AddSpecial(int from, int token, int to)
    {
        Count();
        if (!Specials.TryGetValue(from, out var edges)) Specials.Add(from, edges = []);
        edges.Add((token, to));
    }

    /// <summary>Reads these bytes; a special token whose text is among them may stand for its part.</summary>
    /// <returns>The state behind.</returns>
    public int AddLiteral(int from, ReadOnlySpan<byte> text, bool specials = false)
    {
        var states = new int[text.Length + 1];
        states[0] = from;
        for (var i = 0; i < text.Length; i++)
        {
            states[i + 1] = AddState();
            AddByte(states[i], text[i], text[i], states[i + 1]);
        }

        if (specials)
        {
            for (var i = 0; i < text.Length; i++)
            {
                foreach (var (token, length) in tokens.SpecialsAt(text[i..])) AddSpecial(states[i], token, states[i + length]);
            }
        }

        return states[^1];
    }

    /// <summary>The special tokens whose text a text begins with, and the length of theirs.</summary>
    public IEnumerable<(int Token, int Length)> SpecialsAt(ReadOnlySpan<byte> text) => tokens.SpecialsAt(text);

    /// <summary>Whether a special token's text is somewhere in a text.</summary>
    public bool HoldsSpecial(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (tokens.SpecialsAt(text[i..]).Any()) return true;
        }

        return false;
    }

    /// <summary>Reads one of these bytes.</summary>
    public int AddAnyOf(int from, ReadOnlySpan<byte> bytes)
    {
        var to = AddState();
        foreach (var value in bytes) AddByte(from, value, value, to);
        return to;
    }

    /// <summary>Reads a code point of a range in UTF-8.</summary>
    public void AddCodePoints(int from, int first, int last, int to)
    {
        foreach (var sequence in Utf8Sequences.Of(first, last))
        {
            budget.Spend(2);
            var next = to;
            for (var i = sequence.Length - 1; i > 0; i--) next = Tail(sequence[i], next);
            AddByte(from, sequence[0].First, sequence[0].Last, next);
        }
    }

    public void AddCodePoints(int from, (int First, int Last)[] ranges, int to)
    {
        foreach (var (first, last) in ranges) AddCodePoints(from, first, last, to);
    }

    /// <summary>Reads a text of a set, as it is or as the inside of a JSON string.</summary>
    /// <returns>The state behind.</returns>
    public int AddSet(int from, Dfa set, bool json = false)
    {
        var states = new int[set.Count];
        for (var i = 0; i < states.Length; i++) states[i] = AddState();
        var to = AddState();
        AddEmpty(from, states[0]);
        for (var i = 0; i < states.Length; i++)
        {
            if (set.Accepts(i)) AddEmpty(states[i], to);
            foreach (var edge in set.Edges(i))
            {
                if (json) JsonCharacters.Add(this, states[i], edge.First, edge.Last, states[edge.Target]);
                else AddCodePoints(states[i], edge.First, edge.Last, states[edge.Target]);
            }
        }

        return to;
    }

    /// <summary>A state that reads one byte on the way to another; the same for all who ask.</summary>
    public int Tail((byte First, byte Last) range, int to)
    {
        if (_tails.TryGetValue((range.First, range.Last, to), out var state)) return state;
        state = AddState();
        AddByte(state, range.First, range.Last, to);
        _tails.Add((range.First, range.Last, to), state);
        return state;
    }

    private void Count()
    {
        budget.Spend();
        if (++_edgeCount > GrammarLimits.NetworkEdges) throw budget.TooLarge();
    }
}
