namespace Ashlar.Engine.Cache;

/// <summary>
/// The blocks of one sequence: those that it found, which it shares, and those that it fills. What it fills is in the tree from the
/// moment on that it is computed, for others to find. Not thread-safe.
/// </summary>
internal sealed class SequenceBlocks
{
    private readonly BlockCache _cache;
    private readonly Memory<int> _row;
    private readonly List<(int Place, int Twin)> _twins = []; // full blocks that were in the tree already
    private readonly int _root;
    private int _count;
    private int _linked;
    private bool _isPrivate; // some block is not in the tree, and so none after it

    /// <param name="cache">Where blocks come from.</param>
    /// <param name="row">The sequence's row of the block table; as many blocks as it may ever have.</param>
    /// <param name="rootKey">What keeps its blocks apart from others'.</param>
    public SequenceBlocks(BlockCache cache, Memory<int> row, string rootKey)
    {
        (_cache, _row) = (cache, row);
        _root = cache.Tree.RootOf(rootKey);
    }

    /// <summary>The blocks, in the order of the positions.</summary>
    public ReadOnlySpan<int> Blocks => _row.Span[.._count];

    /// <summary>Tokens that are in the tree.</summary>
    public int Linked => _linked;

    /// <summary>Tokens that the blocks have room for.</summary>
    public int Capacity => _count * BlockCache.BlockSize;

    /// <summary>Finds full blocks of the beginning of a prompt. The sequence has no blocks yet.</summary>
    /// <param name="tokens">The tokens that may be found; less than the whole prompt, whose last logits are wanted.</param>
    /// <returns>How many tokens were found.</returns>
    public int Find(ReadOnlySpan<int> tokens)
    {
        var parent = _root;
        while (tokens.Length - _linked >= BlockCache.BlockSize)
        {
            var block = _cache.Tree.Find(parent, tokens.Slice(_linked, BlockCache.BlockSize));
            if (block < 0) break;
            _cache.Pool.Pin(block);
            _row.Span[_count++] = parent = block;
            _linked += BlockCache.BlockSize;
        }

        return _linked;
    }

    /// <summary>Behind what was found, copies part of a block that agrees so far.</summary>
    /// <param name="tokens">The tokens that may be found.</param>
    /// <param name="copy">Copies a block's keys and values, from the first to the second.</param>
    /// <param name="mustWait">Set where more will be found once this step is done; then nothing is copied.</param>
    /// <returns>How many tokens were found in all.</returns>
    public int FindPart(ReadOnlySpan<int> tokens, Action<int, int> copy, out bool mustWait)
    {
        var tree = _cache.Tree;
        var parent = _count == 0 ? _root : _row.Span[_count - 1];
        var (similar, ready, pending) = tree.FindSimilar(parent, tokens[_linked..], _cache.Step);
        mustWait = pending > ready;
        if (mustWait || ready == 0) return _linked;

        // The other goes on in its own way: this one gets a copy to fill. While it is made, the other must not be evicted for it.
        _cache.Pool.Pin(similar);
        if (_cache.TryTake(out var own))
        {
            copy(similar, own);
            _row.Span[_count++] = own;
            tree.Link(own, parent);
            tree.Append(own, tokens.Slice(_linked, ready), step: 0);
            _linked += ready;
        }

        _cache.Unpin(similar);
        return _linked;
    }

    /// <summary>The names of the full blocks that would follow those that were found.</summary>
    /// <param name="tokens">The tokens that may be found.</param>
    public IEnumerable<BlockName> NamesBehind(ReadOnlyMemory<int> tokens)
    {
        var name = _cache.Tree.NameOf(_linked == 0 ? _root : _row.Span[_linked / BlockCache.BlockSize - 1]);
        for (var from = _linked; tokens.Length - from >= BlockCache.BlockSize; from += BlockCache.BlockSize)
        {
            name = name.Next(tokens.Span.Slice(from, BlockCache.BlockSize));
            yield return name;
        }
    }

    /// <summary>Takes blocks until there is room for some tokens.</summary>
    /// <returns>Whether there is; if not, blocks that were taken stay.</returns>
    public bool TryReserve(int tokens)
    {
        while (Capacity < tokens)
        {
            if (!_cache.TryTake(out var block)) return false;
            _row.Span[_count++] = block;
        }

        return true;
    }

    /// <summary>
    /// Keys and values of the tokens up to some number are written in this step; there is room for them. Others that come later in
    /// the step find full blocks already.
    /// </summary>
    /// <param name="tokens">All tokens of the sequence so far.</param>
    public void Write(ReadOnlySpan<int> tokens) => Write(tokens, _cache.Step);

    /// <summary>Keys and values of the tokens up to some number were brought from elsewhere.</summary>
    /// <param name="tokens">All tokens up to the last that was brought.</param>
    public void Receive(ReadOnlySpan<int> tokens)
    {
        Write(tokens, step: 0);
        Settle();
    }

    private void Write(ReadOnlySpan<int> tokens, long step)
    {
        var tree = _cache.Tree;
        while (_linked < tokens.Length && !_isPrivate)
        {
            var place = _linked / BlockCache.BlockSize;
            var block = _row.Span[place];
            var within = _linked % BlockCache.BlockSize;
            if (within == 0)
            {
                var parent = place == 0 ? _root : NodeAt(place - 1);
                if (_isPrivate = parent >= 0 && !tree.Contains(parent)) break;
                tree.Link(block, parent);
            }
            else if (_isPrivate = !tree.Contains(block))
            {
                break; // it was distrusted
            }

            var count = Math.Min(BlockCache.BlockSize - within, tokens.Length - _linked);
            tree.Append(block, tokens.Slice(_linked, count), step);
            _linked += count;
            if (within + count == BlockCache.BlockSize) Seal(place, block);
        }
    }

    /// <summary>What was to be written has been: of blocks that hold the same, one is enough.</summary>
    public void Settle()
    {
        foreach (var (place, twin) in _twins)
        {
            _cache.Unpin(_row.Span[place]);
            _row.Span[place] = twin;
        }

        _twins.Clear();
    }

    /// <summary>Gives back the blocks that are not needed for some number of tokens, all of which were written.</summary>
    public void Trim(int tokens)
    {
        var needed = (tokens + BlockCache.BlockSize - 1) / BlockCache.BlockSize;
        while (_count > needed) _cache.Unpin(_row.Span[--_count]);
    }

    /// <summary>Gives back all blocks; what they hold can be found as long as there is room for it.</summary>
    public void Release()
    {
        Settle();
        _cache.Unpin(Blocks);
        (_count, _linked, _isPrivate) = (0, 0, false);
    }

    /// <summary>Nobody is to find what this sequence has computed.</summary>
    public void Distrust()
    {
        Settle();
        foreach (var block in Blocks) _cache.Distrust(block);
    }

    /// <summary>The sequence has ended; it has released its blocks.</summary>
    public void Leave() => _cache.Tree.LeaveRoot(_root);

    private void Seal(int place, int block)
    {
        var tree = _cache.Tree;
        var parent = tree.ParentOf(block);
        var twin = tree.Find(parent, tree.TokensOf(block));
        if (twin < 0)
        {
            _cache.Seal(block);
            return;
        }

        // Another holds the same, to the bit. This step still writes to the own one.
        tree.Unlink(block);
        _cache.Pool.Pin(twin);
        _twins.Add((place, twin));
    }

    private int NodeAt(int place)
    {
        foreach (var (twinPlace, twin) in _twins)
        {
            if (twinPlace == place) return twin;
        }

        return _row.Span[place];
    }
}
