namespace Ashlar.Engine.Cache;

/// <summary>
/// Who uses which block of the cache. A block is <em>held</em> while somebody uses it; after that it is <em>evictable</em> where its
/// content may be worth something, and else <em>free</em>. Free blocks are taken first, then evictable ones in the order in which
/// they were let go. Allocates nothing after it was made. Not thread-safe.
/// </summary>
internal sealed class BlockPool
{
    private readonly int[] _users;
    private readonly int[] _free; // a stack

    // The evictable blocks, a ring; the number after the last block stands for its beginning and end.
    private readonly int[] _next;
    private readonly int[] _previous;

    /// <param name="blocks">How many blocks there are, 1 or more.</param>
    public BlockPool(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blocks);
        (Total, Free) = (blocks, blocks);
        _users = new int[blocks];
        _free = new int[blocks];
        for (var i = 0; i < blocks; i++) _free[i] = blocks - 1 - i;
        (_next, _previous) = (new int[blocks + 1], new int[blocks + 1]);
        _next.AsSpan().Fill(-1);
        _next[blocks] = _previous[blocks] = blocks;
    }

    public int Total { get; }

    /// <summary>Blocks without content.</summary>
    public int Free { get; private set; }

    /// <summary>Blocks with content that nobody uses.</summary>
    public int Evictable { get; private set; }

    /// <summary>Blocks that somebody uses.</summary>
    public int Held { get; private set; }

    /// <summary>Blocks that can be taken.</summary>
    public int Available => Free + Evictable;

    public int Users(int block) => _users[block];

    /// <summary>Takes a block; it has one user then.</summary>
    /// <param name="block">The block.</param>
    /// <param name="isEvicted">Whether it had content, which is lost now.</param>
    /// <param name="evict">Whether it is to be one with content though there are free ones.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(out int block, out bool isEvicted, bool evict = false)
    {
        isEvicted = evict || Free == 0;
        block = -1;
        if (!isEvicted) block = _free[--Free];
        else if (Evictable > 0) Remove(block = _next[Total]);
        else return false;
        _users[block] = 1;
        Held++;
        return true;
    }

    /// <summary>One user more, of a block that has content.</summary>
    public void Pin(int block)
    {
        if (_users[block]++ > 0) return;
        Remove(block);
        Held++;
    }

    /// <summary>One user less.</summary>
    /// <param name="block">The block.</param>
    /// <param name="hasContent">Whether its content may be worth something once nobody uses it.</param>
    public void Unpin(int block, bool hasContent)
    {
        if (--_users[block] > 0) return;
        Held--;
        if (hasContent) Append(block);
        else _free[Free++] = block;
    }

    /// <summary>The content of a block that nobody uses is worth nothing any more.</summary>
    public void Discard(int block)
    {
        Remove(block);
        _free[Free++] = block;
    }

    private void Append(int block)
    {
        var last = _previous[Total];
        (_next[last], _previous[block], _next[block], _previous[Total]) = (block, last, Total, block);
        Evictable++;
    }

    private void Remove(int block)
    {
        var (next, previous) = (_next[block], _previous[block]);
        if (next < 0) throw new InvalidOperationException($"block {block} is not evictable");
        (_next[previous], _previous[next], _next[block]) = (next, previous, -1);
        Evictable--;
    }
}
