namespace Ashlar.Engine.Grammars.Matching;

/// <summary>
/// Tokens as a tree of their bytes, in depth-first order: a node's subtree is the nodes up to its <see cref="Ends"/>. Walking
/// it reads memory in order.
/// </summary>
internal sealed class TokenTree
{
    private TokenTree(byte[] bytes, byte[] depths, int[] ends, int[] tokens, int[] twins)
    {
        (Bytes, Depths, Ends, Tokens, Twins) = (bytes, depths, ends, tokens, twins);
        Depth = depths.DefaultIfEmpty().Max();
    }

    /// <summary>Nodes deeper than this do not fit; longer tokens are left out, and never allowed.</summary>
    public const int MaxDepth = 255;

    /// <summary>The byte that leads to each node.</summary>
    public byte[] Bytes { get; }

    /// <summary>How many bytes lead to each node: 1 or more.</summary>
    public byte[] Depths { get; }

    /// <summary>The node behind each node's subtree.</summary>
    public int[] Ends { get; }

    /// <summary>The token that ends in each node, or -1.</summary>
    public int[] Tokens { get; }

    /// <summary>Another token of the same bytes for each token that has one; -1 elsewhere. Empty where no two are
    /// alike.</summary>
    public int[] Twins { get; }

    /// <summary>The depth of the deepest node.</summary>
    public int Depth { get; }

    public int Count => Bytes.Length;

    public static TokenTree Of(TokenTable tokens, Func<int, bool> belongs)
    {
        var sorted = Enumerable.Range(0, tokens.Count)
            .Where(id => tokens[id].Length is > 0 and <= MaxDepth && belongs(id)).ToArray();
        Array.Sort(sorted, (a, b) => tokens[a].SequenceCompareTo(tokens[b]) is var order and not 0 ? order : a.CompareTo(b));

        List<byte> bytes = [];
        List<byte> depths = [];
        List<int> ends = [];
        List<int> nodeTokens = [];
        int[]? twins = null;
        var path = new int[MaxDepth + 1]; // the nodes that lead to the last one
        var depth = 0;
        ReadOnlySpan<byte> previous = [];
        foreach (var id in sorted)
        {
            var own = tokens[id];
            var common = previous.CommonPrefixLength(own);
            while (depth > common) ends[path[depth--]] = bytes.Count;
            if (common == own.Length) // sorted: only a token of the same bytes
            {
                twins ??= NoTwins(tokens.Count);
                twins[id] = nodeTokens[path[depth]];
                nodeTokens[path[depth]] = id;
                continue;
            }

            while (depth < own.Length)
            {
                path[++depth] = bytes.Count;
                bytes.Add(own[depth - 1]);
                depths.Add((byte)depth);
                ends.Add(0);
                nodeTokens.Add(depth == own.Length ? id : -1);
            }

            previous = own;
        }

        while (depth > 0) ends[path[depth--]] = bytes.Count;
        return new([.. bytes], [.. depths], [.. ends], [.. nodeTokens], twins ?? []);
    }

    private static int[] NoTwins(int count)
    {
        var twins = new int[count];
        Array.Fill(twins, -1);
        return twins;
    }
}
