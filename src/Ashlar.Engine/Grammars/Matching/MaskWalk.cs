using Ashlar.Engine.Grammars.Networks;

namespace Ashlar.Engine.Grammars.Matching;

/// <summary>
/// Finds the tokens that may follow in a state: walks the tree of tokens and the automaton together, and leaves a subtree where
/// its byte leads nowhere. Where any plain character may follow, tokens of plain characters are taken from a ready mask and
/// only the others are walked. Masks that were costly are kept. Not safe for concurrent use.
/// </summary>
internal sealed class MaskWalk(Network network, TokenTable tokens)
{
    // Fewer nodes are walked as fast as a mask is copied.
    private const int CostlyNodes = 2000;

    // Readings that one mask may look at: some 20 milliseconds, met by hostile grammars only.
    private const long MaxVisits = 500_000;

    private readonly int[] _path = new int[TokenTree.MaxDepth + 1]; // the state at each depth
    private readonly List<uint[]> _masks = [];
    private readonly int[] _owners = new int[GrammarLimits.CachedMasks];
    private int _nextSlot;

    /// <summary>Bytes of the masks that are kept.</summary>
    public long Bytes => (long)_masks.Count * tokens.MaskLength * sizeof(uint);

    /// <summary>Gives back the memory of all masks, once they are forgotten.</summary>
    public void Trim() => _masks.Clear();

    /// <summary>Forgets all masks: the pool that they belong to is replaced.</summary>
    public void Forget()
    {
        Array.Clear(_owners);
        _nextSlot = 0;
    }

    /// <summary>Writes the mask of a state.</summary>
    /// <param name="pool">The pool that the state belongs to.</param>
    /// <param name="state">The state.</param>
    /// <param name="mask">One bit a token, as long as the vocabulary needs.</param>
    public void Fill(StatePool pool, int state, Span<uint> mask)
    {
        if (pool.MaskSlot(state) is >= 0 and var slot)
        {
            _masks[slot].CopyTo(mask);
            return;
        }

        var run = pool.PlainRun(state, Math.Max(1, tokens.LongestPlain));
        if (run > 0) tokens.CopyPlain(mask, run);
        else mask.Clear();

        var nodes = Walk(pool, state, run > 0 ? tokens.OtherTree : tokens.Tree, mask);
        for (var i = 0; i < network.SpecialTokens.Length; i++)
        {
            if (pool.Next(state, network.ClassCount + i) != StatePool.Dead) Set(mask, network.SpecialTokens[i]);
        }

        if (pool.IsComplete(state))
        {
            foreach (var token in tokens.EndOfGeneration) Set(mask, token);
        }

        if (nodes > CostlyNodes) Keep(pool, state, mask);
    }

    private int Walk(StatePool pool, int state, TokenTree tree, Span<uint> mask)
    {
        var visits = pool.Visits + MaxVisits;
        // What one byte leads to is always computed, so that a bound that is met leaves something to choose.
        for (var symbol = 0; symbol < network.ClassCount; symbol++) pool.Next(state, symbol);

        ReadOnlySpan<byte> bytes = tree.Bytes, depths = tree.Depths, classes = network.ClassOf;
        ReadOnlySpan<int> ends = tree.Ends, nodeTokens = tree.Tokens;
        var path = _path;
        path[0] = state;
        var (node, walked) = (0, 0);
        while (node < bytes.Length)
        {
            walked++;
            var depth = depths[node];
            var from = path[depth - 1];
            var symbol = classes[bytes[node]];
            var next = pool.Known(from, symbol);
            if (next == 0) next = pool.Visits > visits ? StatePool.Dead : pool.Next(from, symbol);
            if (next == StatePool.Dead)
            {
                node = ends[node];
                continue;
            }

            path[depth] = next;
            var token = nodeTokens[node++];
            if (token < 0) continue;
            Set(mask, token);
            if (tree.Twins.Length > 0)
            {
                for (token = tree.Twins[token]; token >= 0; token = tree.Twins[token]) Set(mask, token);
            }
        }

        return walked;
    }

    // The slots go round; the state that loses its own walks again.
    private void Keep(StatePool pool, int state, ReadOnlySpan<uint> mask)
    {
        var slot = _nextSlot;
        _nextSlot = (_nextSlot + 1) % GrammarLimits.CachedMasks;
        if (slot == _masks.Count) _masks.Add(new uint[tokens.MaskLength]);
        if (_owners[slot] != 0) pool.SetMaskSlot(_owners[slot], -1);
        mask.CopyTo(_masks[slot]);
        _owners[slot] = state;
        pool.SetMaskSlot(state, slot);
    }

    private static void Set(Span<uint> mask, int token) => mask[token >> 5] |= 1u << (token & 31);
}
