namespace Ashlar.Engine.Cache;

/// <summary>
/// The blocks of the cache of keys and values, and what they hold. Blocks that hold a known beginning of some prompt stay until
/// their memory is needed: leaves of the tree go first, those that rested longest before others. Not thread-safe.
/// </summary>
/// <param name="blocks">How many blocks there are, 1 or more.</param>
/// <param name="nameOfRoot">The name that a root's first blocks follow, by the root's key.</param>
/// <param name="log">Told what is stored and removed; null for nobody.</param>
internal sealed class BlockCache(int blocks, Func<string, BlockName> nameOfRoot, KvEventLog? log = null)
{
    /// <summary>Tokens of a block.</summary>
    public const int BlockSize = PrefixTree.BlockSize;

    public BlockPool Pool { get; } = new(blocks);

    public PrefixTree Tree { get; } = new(blocks, nameOfRoot);

    /// <summary>The number of the step that is being put together; it tells apart what is written in it.</summary>
    public long Step { get; private set; } = 1;

    /// <summary>What was to be written has been.</summary>
    public void EndStep() => Step++;

    /// <summary>Takes a block, and drops what it held.</summary>
    public bool TryTake(out int block)
    {
        if (!Pool.TryTake(out block, out var isEvicted)) return false;
        if (isEvicted) Drop(block);
        return true;
    }

    /// <summary>One user less of a block; what it holds stays while there is room.</summary>
    public void Unpin(int block) => Pool.Unpin(block, Tree.Contains(block));

    /// <summary>
    /// One user less of each block on the way from a root, the last first: so what rests longest is always a leaf. Whoever uses a
    /// block uses all before it.
    /// </summary>
    public void Unpin(ReadOnlySpan<int> path)
    {
        for (var i = path.Length - 1; i >= 0; i--) Unpin(path[i]);
    }

    /// <summary>Makes a full block one that others find.</summary>
    public void Seal(int block)
    {
        Tree.Seal(block);
        log?.Stored(Tree.NameOf(block), Tree.NameOf(Tree.ParentOf(block)), Tree.TokensOf(block));
    }

    /// <summary>Takes a block and all that follow it out of the tree: what they hold is not to be trusted.</summary>
    public void Distrust(int block)
    {
        if (!Tree.Contains(block)) return;
        int leaf;
        do
        {
            Drop(leaf = Tree.LeafBelow(block));
            if (Pool.Users(leaf) == 0) Pool.Discard(leaf);
        }
        while (leaf != block);
    }

    /// <summary>Forgets all that nobody uses.</summary>
    public void Clear()
    {
        // Those that rest longest are leaves, one after the other.
        while (Pool.Evictable > 0)
        {
            Pool.TryTake(out var block, out _, evict: true);
            Drop(block);
            Pool.Unpin(block, hasContent: false);
        }

        log?.Cleared();
    }

    private void Drop(int block)
    {
        if (Tree.IsSealed(block)) log?.Removed(Tree.NameOf(block));
        Tree.Unlink(block);
    }
}
