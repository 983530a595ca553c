namespace Ashlar.Engine.Grammars.Networks;

/// <summary>
/// A grammar ready to match: states of all rules in one numbering. No edge reads nothing, no rule matches nothing, no rule
/// begins with itself, and from every state the end of its rule can be reached: whatever is begun can be finished. Immutable.
/// </summary>
internal sealed class Network
{
    /// <summary>Bytes in classes that no edge tells apart; a class is a range of bytes.</summary>
    public required byte[] ClassOf { get; init; }

    public required int ClassCount { get; init; }

    /// <summary>The special tokens that edges read; their symbols follow the classes.</summary>
    public required int[] SpecialTokens { get; init; }

    /// <summary>What the matcher starts with.</summary>
    public required int Start { get; init; }

    /// <summary>Whether the empty text belongs to the grammar.</summary>
    public required bool MatchesEmpty { get; init; }

    /// <summary>Whether a rule may end in a state.</summary>
    public required bool[] Accepts { get; init; }

    /// <summary>Whether a rule can only end in a state.</summary>
    public required bool[] OnlyAccepts { get; init; }

    /// <summary>Where the edges of a state begin in <see cref="Edges"/>, and those of the next.</summary>
    public required int[] EdgeStarts { get; init; }

    public required NetworkEdge[] Edges { get; init; }

    public required int[] CallStarts { get; init; }

    public required NetworkCall[] Calls { get; init; }

    /// <summary>
    /// How many plain characters each state takes, whichever they are, if it takes no more of them; <see
    /// cref="PlainRuns.Endless"/> for any number; 0 where that is not known.
    /// </summary>
    public required byte[] PlainRuns { get; init; }

    /// <summary>Whether a rule begins here that takes one plain character, whichever it is.</summary>
    public required bool[] IsPlainBody { get; init; }

    /// <summary>Byte classes and special tokens together.</summary>
    public int SymbolCount => ClassCount + SpecialTokens.Length;

    /// <summary>Bytes that it takes, nearly.</summary>
    public unsafe long Bytes => (long)Edges.Length * sizeof(NetworkEdge) + (long)Calls.Length * sizeof(NetworkCall)
        + Accepts.Length * (2L * sizeof(int) + 4);

    /// <summary>Whether an edge of a state takes some plain character, or its first byte.</summary>
    public bool TakesPlain(int state)
    {
        var first = ClassOf[0x20];
        foreach (var edge in Edges.AsSpan(EdgeStarts[state]..EdgeStarts[state + 1]))
        {
            if (edge.Last < first || edge.First >= ClassCount) continue;
            // A quotation mark or reverse solidus that is a class of its own is not plain.
            if (edge.First != edge.Last || !(IsAlone('"', edge.First) || IsAlone('\\', edge.First))) return true;
        }

        return false;

        bool IsAlone(char character, int symbol) => ClassOf[character] == symbol
            && ClassOf[character - 1] != symbol && ClassOf[character + 1] != symbol;
    }
}

/// <summary>Reads a symbol from <paramref name="First"/> to <paramref name="Last"/>.</summary>
internal readonly record struct NetworkEdge(int First, int Last, int To);

/// <summary>Runs the rule that begins at <paramref name="Start"/> Min to Max times, then goes on at a state.</summary>
internal readonly record struct NetworkCall(int Start, int Min, int Max, int Return);
