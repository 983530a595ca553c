using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>Sequences behind a common prefix, which is in the cache once, or once for each.</summary>
public sealed class SharedPrefixTests
{
    private const int BlockSize = 32, Shared = 34, Streams = 12, OwnFrom = Shared * BlockSize;

    [Theory]
    [InlineData("portable", DType.F16, DType.F16)]
    [InlineData("avx2", DType.BF16, DType.F32)]
    [InlineData("avx2", DType.Q8_0, DType.Q8_0)]
    [InlineData("avx512", DType.F16, DType.F16)]
    [InlineData("avx512", DType.Q8_0, DType.F16)]
    [InlineData("avx2", DType.BF16, DType.BF16)]
    [InlineData("avx512-bf16", DType.BF16, DType.BF16)]
    [InlineData("avx512-bf16", DType.Q8_0, DType.BF16)]
    public void A_step_has_the_same_bits_with_one_prefix_with_copies_and_for_each_stream_alone(
        string set, DType keyType, DType valueType)
    {
        X64.InstructionSets.Require(set);
        foreach (var threads in (int[])[1, 2])
        {
            using var step = new CachedStep(
                new Random(6), set, keyType, valueType, BlockSize, Shared + Streams * (Shared + 1), threads);
            int[] prefix = [.. Enumerable.Range(0, Shared)];
            step.Run([.. Enumerable.Range(0, OwnFrom)], prefix);
            var blocks = new CacheBlocks(BlockSize, step.Keys, step.Values);
            var (one, copies) = (new int[Streams][], new int[Streams][]);
            for (var stream = 0; stream < Streams; stream++)
            {
                // The copies, and behind them a block of the stream's own; each stream is one token longer than the one before.
                var first = Shared + stream * (Shared + 1);
                copies[stream] = [.. Enumerable.Range(first, Shared + 1)];
                one[stream] = [.. prefix, first + Shared];
                foreach (var block in prefix) blocks.Copy(block, first + block);
                step.Run([.. Enumerable.Range(OwnFrom, stream + 1)], one[stream]);
            }

            var shared = Decode(step, one);
            Assert.Equal(Decode(step, copies), shared);
            var size = shared.Length / 2 / Streams;
            for (var stream = 0; stream < Streams; stream++)
            {
                var alone = step.Query(OwnFrom + stream, one[stream]);
                Assert.Equal(alone[..size], shared[(stream * size)..((stream + 1) * size)]);
                Assert.Equal(alone[size..], shared[((Streams + stream) * size)..((Streams + stream + 1) * size)]);
            }
        }
    }

    [Fact]
    public void A_step_with_a_common_prefix_allocates_nothing()
    {
        using var step = new CachedStep(new Random(7), "portable", DType.F16, DType.F16, BlockSize, Shared + Streams);
        var prefix = Enumerable.Range(0, Shared);
        var run = Step(step, [.. Enumerable.Range(0, Streams).Select(stream => (int[])[.. prefix, Shared + stream])]);
        run();
        // The quietest of some rounds: the runtime allocates now and then on its own; a step that does would in each.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 3; i++) run();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
    }

    private static float[] Decode(CachedStep step, int[][] tables)
    {
        Step(step, tables)();
        return step.Outputs;
    }

    // One token of each stream.
    private static Action Step(CachedStep step, int[][] tables)
    {
        int[] positions = [.. Enumerable.Range(OwnFrom, Streams)];
        return step.Prepare(
            positions, [.. Enumerable.Range(0, Streams)],
            TensorData.From<int>(tables.SelectMany(table => table).ToArray(), Streams, Shared + 1),
            [.. tables.Select((table, stream) => table[Shared] * BlockSize + stream)]);
    }
}
