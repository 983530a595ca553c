using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

public sealed unsafe class AttentionItemsTests
{
    [Fact]
    public void Items_hold_every_token_once_and_only_neighbours_of_a_sequence()
    {
        using var items = new AttentionItems();
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (positions, sequences) = (new List<int>(), new List<int>());
            for (var run = random.Next(6); run > 0; run--)
            {
                var (start, count, sequence) = (random.Next(100), random.Next(1, 60), random.Next(3));
                positions.AddRange(Enumerable.Range(start, count));
                sequences.AddRange(Enumerable.Repeat(sequence, count));
            }

            var (group, keyHeads, threads) = (random.Next(1, 40), random.Next(1, 9), random.Next(1, 9));
            items.Prepare(
                new CachedBatch(positions.ToArray(), sequences.ToArray(), new int[3 * 16], 16), threads,
                new ItemShape(group, keyHeads));

            var next = 0;
            foreach (var item in items.Items)
            {
                var (first, count) = (item.First, item.Tokens);
                Assert.True(first == next && count is >= 1 and <= PagedAttention.TokensPerItem, $"seed {seed}: {first}, {count}");
                for (var token = first + 1; token < first + count; token++)
                {
                    Assert.True(
                        positions[token] == positions[token - 1] + 1 && sequences[token] == sequences[token - 1],
                        $"seed {seed}: token {token} is no neighbour");
                }

                next = first + count;
            }

            Assert.True(next == positions.Count, $"seed {seed}: {next} of {positions.Count} tokens");
        }
    }

    [Theory]
    [InlineData(512, 4, 8, 2, 32)] // full items
    [InlineData(16, 4, 8, 2, 1)] // eight key heads are enough pieces
    [InlineData(32, 8, 1, 2, 8)] // one key head: smaller items, so that every thread has some
    [InlineData(64, 71, 1, 1, 64)] // many heads to a key head: a token is enough for an item
    [InlineData(1, 4, 8, 16, 1)]
    public void Items_are_large_where_the_work_suffices_for_all_threads(
        int tokens, int group, int keyHeads, int threads, int count)
    {
        using var items = new AttentionItems();
        var (positions, table) = (Enumerable.Range(0, tokens).ToArray(), Enumerable.Range(0, 32).ToArray());
        items.Prepare(new CachedBatch(positions, new int[tokens], table, 32), threads, new ItemShape(group, keyHeads));
        Assert.Equal(count, items.Items.Length);
    }

    [Fact]
    public void Preparing_again_allocates_nothing()
    {
        using var items = new AttentionItems();
        var (positions, sequences) = (Enumerable.Range(0, 300).ToArray(), new int[300]);
        var table = Enumerable.Range(0, 19).ToArray();
        for (var i = 0; i < 300; i++) Prepare(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < 300; i++) Prepare(i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Prepare(int from) => items.Prepare(
            new CachedBatch(positions.AsSpan(from), sequences.AsSpan(from), table, 19), 2, new ItemShape(1, 1));
    }

    [Fact]
    public void Streams_with_blocks_of_their_own_have_no_parts()
    {
        using var items = new AttentionItems();
        var table = Enumerable.Range(0, 16 * 80).ToArray();
        items.Prepare(new CachedBatch(Positions(16, 1200), Enumerable.Range(0, 16).ToArray(), table, 80), 2, new ItemShape(2, 8));
        Assert.Equal((16, 0, 0L), (items.Items.Length, items.Parts.Length, items.States));
    }

    [Fact]
    public void Streams_behind_a_prefix_have_parts_of_whole_spans_and_of_the_chunks_behind()
    {
        // 1200 positions are two spans and one chunk, of which the last 48 are left to each.
        using var items = new AttentionItems();
        int[] table = [.. from stream in Enumerable.Range(0, 16) from block in Enumerable.Range(0, 80)
                          select block < 75 ? block : 1000 + 80 * stream + block];
        items.Prepare(new CachedBatch(Positions(16, 1230), Enumerable.Range(0, 16).ToArray(), table, 80), 2, new ItemShape(2, 8));
        (int, int, int, int)[] parts = [.. items.Parts.ToArray().Select(part => (part.Begin, part.Last, part.Span, part.Tokens))];
        Assert.Equal([(0, 511, 0, 16), (512, 1023, 1, 16), (1024, 1151, 2, 16)], parts);
        Assert.All(items.Items.ToArray(), item => Assert.Equal((1152, 2, 1), (item.Begin, item.Spans, item.GoesOn)));
        Assert.Equal(16 * 3, items.States);
    }

    [Fact]
    public void A_stream_that_leaves_the_others_early_takes_nothing_from_what_they_share()
    {
        using var items = new AttentionItems();
        int[] table = [.. from stream in Enumerable.Range(0, 8) from block in Enumerable.Range(0, 80)
                          select block < (stream == 0 ? 24 : 75) ? block : 1000 + 80 * stream + block];
        items.Prepare(new CachedBatch(Positions(8, 1230), Enumerable.Range(0, 8).ToArray(), table, 80), 2, new ItemShape(2, 8));
        Assert.Equal([7, 7, 7], items.Parts.ToArray().Select(part => part.Tokens));
        Assert.Equal(0, items.Items[0].Begin);
    }

    [Fact]
    public void A_long_context_is_split_where_threads_would_wait()
    {
        using var items = new AttentionItems();
        var table = Enumerable.Range(0, 512).ToArray();
        var batch = new CachedBatch([8000], [0], table, 512);
        items.Prepare(batch, 2, new ItemShape(4, 8));
        Assert.Equal(0, items.Parts.Length);
        items.Prepare(batch, 1, new ItemShape(4, 1));
        Assert.Equal(0, items.Parts.Length);
        items.Prepare(batch, 2, new ItemShape(4, 1));
        Assert.Equal((15, 7680), (items.Parts.Length, items.Items[0].Begin));
    }

    private static int[] Positions(int streams, int position) => [.. Enumerable.Repeat(position, streams)];
}
