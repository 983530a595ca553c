using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Tests.Cache;

/// <summary>
/// Sequences over a cache whose blocks hold, in place of keys and values, the tokens on the way to each position: so a wrong block
/// shows.
/// </summary>
public class SequenceBlocksTests
{
    private const int Size = BlockCache.BlockSize;

    [Fact]
    public void A_prompt_finds_all_that_an_earlier_one_has_computed_of_it()
    {
        var memory = new Memory(blocks: 16);
        var first = memory.Begin(Range(0, 40), out var found);
        Assert.Equal(0, found);
        memory.Compute(first, Range(0, 40));
        first.Release();

        var second = memory.Begin([.. Range(0, 40), 7, 7], out found);
        Assert.Equal(40, found);
        memory.Check(second, Range(0, 40));
        var third = memory.Begin([.. Range(0, 37), 9, 9, 9], out found); // the third block agrees for five tokens
        Assert.Equal(37, found);
        memory.Check(third, Range(0, 37));
        Assert.Equal(second.Blocks[..2], third.Blocks[..2]);
        Assert.NotEqual(second.Blocks[2], third.Blocks[2]);
    }

    [Fact]
    public void A_full_block_is_found_in_the_step_that_writes_it_and_part_of_one_in_the_next()
    {
        var memory = new Memory(blocks: 16);
        var first = memory.Begin(Range(0, 40), out _);
        Assert.True(first.TryReserve(40));
        first.Write(Range(0, 40));

        var blocks = memory.New();
        Assert.Equal(2 * Size, blocks.Find(Range(0, 36)));
        Assert.Equal(2 * Size, blocks.FindPart(Range(0, 36), memory.Copy, out var mustWait));
        Assert.True(mustWait);
        blocks.Release();

        memory.Fill(first, Range(0, 40));
        memory.Cache.EndStep();
        blocks.Find(Range(0, 36));
        Assert.Equal(36, blocks.FindPart(Range(0, 36), memory.Copy, out mustWait));
        memory.Check(blocks, Range(0, 36));
    }

    [Fact]
    public void Two_that_compute_the_same_end_with_one_block()
    {
        var memory = new Memory(blocks: 16);
        var (first, second) = (memory.Begin([1], out _), memory.Begin([1], out _));
        for (var length = 1; length <= 20; length++)
        {
            foreach (var blocks in (SequenceBlocks[])[first, second])
            {
                Assert.True(blocks.TryReserve(length));
                blocks.Write(Range(1, length));
            }

            memory.Fill(first, Range(1, length));
            memory.Fill(second, Range(1, length));
            memory.Cache.EndStep();
            first.Settle();
            second.Settle();
        }

        Assert.Equal(first.Blocks[0], second.Blocks[0]);
        Assert.NotEqual(first.Blocks[1], second.Blocks[1]);
        Assert.Equal(3, memory.Cache.Pool.Held);
    }

    [Fact]
    public void Different_roots_share_nothing()
    {
        var memory = new Memory(blocks: 8);
        var first = memory.Begin(Range(0, 32), out _, root: "one");
        memory.Compute(first, Range(0, 32));
        memory.Begin(Range(0, 32), out var found, root: "other");
        Assert.Equal(0, found);
    }

    [Fact]
    public void What_is_distrusted_is_never_found()
    {
        var memory = new Memory(blocks: 8);
        var first = memory.Begin(Range(0, 40), out _);
        memory.Compute(first, Range(0, 40));
        var follower = memory.Begin([.. Range(0, 40), 3], out _);
        memory.Compute(follower, [.. Range(0, 40), 3]);
        first.Distrust();
        first.Release();
        memory.Compute(follower, [.. Range(0, 40), .. Range(3, 20)]); // it goes on, for itself alone
        follower.Release();
        memory.Begin(Range(0, 40), out var found);
        Assert.Equal(0, found);
        Assert.Equal((8, 0), (memory.Cache.Pool.Free, memory.Cache.Tree.Count));
    }

    [Fact]
    public void Whatever_sequences_do_each_finds_what_it_would_have_computed()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var memory = new Memory(blocks: 60);
        var running = new List<(SequenceBlocks Blocks, List<int> Tokens, int Computed)>();
        var found = 0L;
        for (var turn = 0; turn < 3000; turn++)
        {
            var writes = new List<(int Index, int From)>();
            for (var i = running.Count - 1; i >= 0; i--)
            {
                var (blocks, tokens, computed) = running[i];
                var count = Math.Min(random.Next(1, 30), tokens.Count - computed);
                if (random.Next(12) == 0 || !blocks.TryReserve(computed + count))
                {
                    if (random.Next(10) == 0) blocks.Distrust();
                    blocks.Release();
                    blocks.Leave();
                    running.RemoveAt(i);
                    writes = [.. writes.Select(write => (write.Index - 1, write.From))];
                    continue;
                }

                running[i] = (blocks, tokens, computed + count);
                writes.Add((i, computed));
            }

            foreach (var (i, _) in writes) running[i].Blocks.Write(running[i].Tokens.ToArray().AsSpan(0, running[i].Computed));
            while (running.Count < 6)
            {
                // Few tokens and few lengths: many begin alike.
                int[] prompt = [.. Enumerable.Range(0, random.Next(1, 100)).Select(i => i % 17 == 0 ? random.Next(2) : i % 5)];
                var blocks = memory.New($"{random.Next(2)}");
                blocks.Find(prompt.AsSpan(0, prompt.Length - 1));
                var there = blocks.FindPart(prompt.AsSpan(0, prompt.Length - 1), memory.Copy, out var mustWait);
                if (mustWait)
                {
                    blocks.Release();
                    blocks.Leave();
                    break;
                }

                found += there;
                memory.Check(blocks, prompt.AsSpan(0, there), seed, pending: true);
                running.Add((blocks, [.. prompt], there));
                if (!blocks.TryReserve(prompt.Length))
                {
                    blocks.Release();
                    blocks.Leave();
                    running.RemoveAt(running.Count - 1);
                    break;
                }
            }

            foreach (var (i, from) in writes)
            {
                memory.Fill(running[i].Blocks, running[i].Tokens.ToArray().AsSpan(0, running[i].Computed), from);
            }

            memory.Cache.EndStep();
            for (var i = 0; i < running.Count; i++)
            {
                var (blocks, tokens, computed) = running[i];
                blocks.Settle();
                memory.Check(blocks, tokens.ToArray().AsSpan(0, computed), seed);
                if (computed == tokens.Count) tokens.Add(random.Next(3));
            }

            var pool = memory.Cache.Pool;
            Assert.True(pool.Free + pool.Evictable + pool.Held == pool.Total, $"seed {seed}, turn {turn}");
        }

        Assert.True(found > 1000, $"seed {seed}: only {found} tokens were found");
        foreach (var (blocks, _, _) in running)
        {
            blocks.Release();
            blocks.Leave();
        }

        Assert.Equal(0, memory.Cache.Pool.Held);
        memory.Cache.Clear();
        Assert.Equal((60, 0), (memory.Cache.Pool.Free, memory.Cache.Tree.Count));
    }

    [Fact]
    public void Events_tell_what_can_be_found()
    {
        var log = new KvEventLog(capacity: 1000);
        var memory = new Memory(blocks: 6, log);
        var known = new HashSet<string>();
        for (var prompt = 0; prompt < 20; prompt++)
        {
            var blocks = memory.Begin([prompt % 7, .. Range(0, 50)], out _);
            memory.Compute(blocks, [prompt % 7, .. Range(0, 50)]);
            blocks.Release();
        }

        var events = log.Read(0, int.MaxValue, out var isComplete);
        Assert.True(isComplete);
        for (var i = 0; i < events.Length; i++)
        {
            Assert.Equal(i, events[i].Sequence);
            if (events[i].Kind == KvEventKind.Stored) Assert.True(known.Add(events[i].Block!));
            else Assert.True(known.Remove(events[i].Block!));
        }

        var there = new HashSet<string>();
        memory.Cache.Tree.Visit(block =>
        {
            if (memory.Cache.Tree.IsSealed(block)) there.Add(memory.Cache.Tree.NameOf(block).ToString());
        });
        Assert.Equal(there, known);
        Assert.Equal(log.Next, events.Length);
    }

    [Fact]
    public void A_reader_of_events_learns_that_some_are_gone()
    {
        var log = new KvEventLog(capacity: 3);
        for (var i = 0; i < 5; i++) log.Cleared();
        Assert.Equal([2, 3, 4], log.Read(0, 10, out var isComplete).Select(given => given.Sequence));
        Assert.False(isComplete);
        Assert.Equal([3], log.Read(3, 1, out isComplete).Select(given => given.Sequence));
        Assert.True(isComplete);
        Assert.Empty(log.Read(5, 10, out isComplete));
        Assert.True(isComplete);
    }

    private static int[] Range(int first, int count) => [.. Enumerable.Range(first, count)];

    /// <summary>Blocks that hold hashes of the tokens up to each position.</summary>
    private sealed class Memory(int blocks, KvEventLog? log = null)
    {
        private readonly int[] _content = new int[blocks * Size];

        public BlockCache Cache { get; } = new(blocks, key => BlockName.Root(key), log);

        public SequenceBlocks New(string root = "") => new(Cache, new int[blocks], root);

        public SequenceBlocks Begin(int[] tokens, out int found, string root = "")
        {
            var own = New(root);
            own.Find(tokens);
            found = own.FindPart(tokens, Copy, out var mustWait);
            Assert.False(mustWait);
            return own;
        }

        public void Compute(SequenceBlocks own, int[] tokens)
        {
            Assert.True(own.TryReserve(tokens.Length));
            own.Write(tokens);
            Fill(own, tokens);
            Cache.EndStep();
            own.Settle();
        }

        // Only what was not there: it must not mend what was found.
        public void Fill(SequenceBlocks own, ReadOnlySpan<int> tokens, int from = 0)
        {
            var hash = 17;
            for (var i = 0; i < tokens.Length; i++)
            {
                hash = hash * 31 + tokens[i];
                if (i >= from) _content[own.Blocks[i / Size] * Size + i % Size] = hash;
            }
        }

        public void Copy(int from, int to) => _content.AsSpan(from * Size, Size).CopyTo(_content.AsSpan(to * Size));

        // Full blocks of this step may not hold anything yet.
        public void Check(SequenceBlocks own, ReadOnlySpan<int> tokens, int seed = 0, bool pending = false)
        {
            var hash = 17;
            for (var i = 0; i < tokens.Length; i++)
            {
                hash = hash * 31 + tokens[i];
                var block = own.Blocks[i / Size];
                if (pending && i / Size < tokens.Length / Size) continue;
                Assert.True(_content[block * Size + i % Size] == hash, $"seed {seed}: position {i} of {tokens.Length}");
            }
        }
    }
}
