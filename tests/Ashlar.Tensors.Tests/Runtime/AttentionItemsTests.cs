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
            items.Prepare(positions.ToArray(), sequences.ToArray(), threads, group, keyHeads);

            var next = 0;
            for (var i = 0; i < items.Count; i++)
            {
                var (first, count) = (items.Pointer[2 * i], items.Pointer[2 * i + 1]);
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
        items.Prepare(Enumerable.Range(0, tokens).ToArray(), new int[tokens], threads, group, keyHeads);
        Assert.Equal(count, items.Count);
    }

    [Fact]
    public void Preparing_again_allocates_nothing()
    {
        using var items = new AttentionItems();
        var (positions, sequences) = (Enumerable.Range(0, 300).ToArray(), new int[300]);
        items.Prepare(positions, sequences, 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < 300; i++) items.Prepare(positions.AsSpan(i), sequences.AsSpan(i), 2);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
