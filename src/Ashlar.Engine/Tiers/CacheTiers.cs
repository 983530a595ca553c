using Ashlar.Engine.Cache;
using Ashlar.Engine.Stepping;

namespace Ashlar.Engine.Tiers;

/// <summary>
/// What is kept below the cache, seen from the engine's thread: which blocks are worth bringing, and which are worth keeping.
/// A block is kept when the sequence that filled it ends or gives way; so one that gave way finds it again, and so does a process
/// that starts later.
/// </summary>
/// <param name="cache">The cache.</param>
/// <param name="transfers">What moves blocks.</param>
/// <param name="clock">What speeds are taken from.</param>
internal sealed class CacheTiers(BlockCache cache, BlockTransfers transfers, TimeProvider clock)
{
    private readonly BringingCost _cost = new();

    /// <summary>A step computed tokens of prompts.</summary>
    public void LearnComputing(int tokens, TimeSpan took) => _cost.LearnComputing(tokens, took);

    /// <summary>
    /// How many blocks behind those that a sequence found are worth bringing. Once they are not, they are not as long as it waits.
    /// </summary>
    public int CountStored(Sequence sequence, SequenceBlocks blocks)
    {
        if (sequence.HasLoaded || sequence.SkipsStored) return 0;
        var names = blocks.NamesBehind(sequence.AllTokens[..sequence.MostFound]);
        var count = transfers.HasPeers ? names.Count() : names.TakeWhile(transfers.Knows).Count();
        if (count == 0 || _cost.Pays()) return count;
        sequence.SkipsStored = true;
        return 0;
    }

    /// <summary>Brings blocks behind those that a sequence found.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="blocks">Its blocks; there is room for what is brought.</param>
    /// <param name="count">How many blocks.</param>
    /// <param name="then">Told how many came from disk and from other engines.</param>
    public void Load(Sequence sequence, SequenceBlocks blocks, int count, Action<int, int> then)
    {
        sequence.HasLoaded = true;
        BlockName[] names = [.. blocks.NamesBehind(sequence.AllTokens[..sequence.MostFound]).Take(count)];
        var places = blocks.Blocks.Slice(blocks.Linked / BlockCache.BlockSize, count).ToArray();
        var began = clock.GetTimestamp();
        transfers.Load(places, names, () => !sequence.IsCancelled, (fromDisk, fromPeers) =>
        {
            if (fromDisk + fromPeers > 0) _cost.LearnBringing(fromDisk + fromPeers, clock.GetElapsedTime(began));
            then(fromDisk, fromPeers);
        });
    }

    /// <summary>Keeps the blocks of a sequence that is about to release them.</summary>
    public void Keep(Sequence sequence)
    {
        if (!transfers.Saves) return;
        foreach (var block in sequence.Blocks!.Blocks)
        {
            if (!cache.Tree.Contains(block) || !cache.Tree.IsSealed(block)) return; // and none behind it is
            var parent = cache.Tree.NameOf(cache.Tree.ParentOf(block));
            if (!transfers.Save(block, cache.Tree.NameOf(block), parent, cache.Tree.TokensOf(block))) return;
        }
    }
}
