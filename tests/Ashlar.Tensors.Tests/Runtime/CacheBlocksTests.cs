using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

public sealed class CacheBlocksTests
{
    private const int BlockSize = 32;

    public static TheoryData<string, DType, DType> Cases { get; } =
        [.. from set in (string[])["portable", "avx2", "avx512", "avx512-bf16", "reference"]
            from types in ((DType, DType)[])
                [(DType.F32, DType.F32), (DType.F16, DType.BF16), (DType.BF16, DType.BF16), (DType.Q8_0, DType.F16),
                    (DType.F16, DType.Q8_0)]
            select (set, types.Item1, types.Item2)];

    [Theory, MemberData(nameof(Cases))]
    public void Attention_over_copied_and_imported_blocks_has_the_same_bits(string set, DType keyType, DType valueType)
    {
        X64.InstructionSets.Require(set);
        using var step = new CachedStep(new Random(3), set, keyType, valueType, BlockSize, blocks: 8);
        // 70 positions of sequence 0 in blocks 1, 4, 2.
        int[] table = [1, 4, 2];
        step.Run(Enumerable.Range(0, 70).ToArray(), table);
        var expected = step.Query(69, table);

        var blocks = new CacheBlocks(BlockSize, step.Keys, step.Values);
        Assert.Equal(8, blocks.Count);
        Assert.Equal((step.Keys.Bytes + step.Values.Bytes) / 8, blocks.BytesOfBlock);
        blocks.Copy(1, 7);
        blocks.Copy(4, 0);
        var bytes = new byte[blocks.BytesOfBlock];
        blocks.Export(2, bytes);
        step.Poison(1, 4, 2);
        blocks.Import(5, bytes);
        Assert.Equal(expected, step.Query(69, [7, 0, 5]));
    }

    [Fact]
    public void Blocks_that_are_not_there_and_other_sizes_are_named()
    {
        var cache = TensorData.Zeros(DType.F16, 64, 2, 8);
        var blocks = new CacheBlocks(BlockSize, cache, TensorData.Zeros(DType.F32, 64, 2));
        Assert.Contains("blocks 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => blocks.Copy(0, 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.Copy(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.Export(2, new byte[blocks.BytesOfBlock]));
        Assert.Contains("1280 bytes, not 7", Assert.Throws<ArgumentException>(() => blocks.Import(0, new byte[7])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheBlocks(24, cache));
        Assert.Throws<ArgumentException>(() => new CacheBlocks(48, cache));
        Assert.Throws<ArgumentException>(() => new CacheBlocks(BlockSize, cache, TensorData.Zeros(DType.F16, 32, 2)));
    }

    [Fact]
    public void Layouts_are_named()
    {
        using var compiled = new CachedStep(new Random(3), "portable", DType.Q8_0, DType.Q8_0, BlockSize, 2);
        using var plain = new CachedStep(new Random(3), "portable", DType.F16, DType.F16, BlockSize, 2);
        using var reference = new CachedStep(new Random(3), "reference", DType.F16, DType.F16, BlockSize, 2);
        Assert.Equal(("keys-16", "values-16"), compiled.Layouts);
        Assert.Equal(("keys-16", "rows"), plain.Layouts);
        using var pairs = new CachedStep(new Random(3), "portable", DType.BF16, DType.BF16, BlockSize, 2);
        Assert.Equal(("rows", "rows"), reference.Layouts);
        Assert.Equal(("keys-16-pairs", "values-16-pairs"), pairs.Layouts);
    }

    [Fact]
    public void A_block_table_of_other_sizes_in_every_step_allocates_nothing_and_may_have_anything_behind_a_sequence()
    {
        using var step = new CachedStep(new Random(4), "portable", DType.F16, DType.F16, BlockSize, blocks: 8);
        step.Run(Enumerable.Range(0, 70).ToArray(), [1, 4, 2]);
        var steps = Enumerable.Range(0, 6).Select(i =>
        {
            int[] table = [1, 4, 2, -1, int.MaxValue, 7];
            var data = TensorData.From<int>(table.AsSpan(0, 3 + i % 4), 1, 3 + i % 4);
            return step.Prepare([69 - i], [0], data, [4 * BlockSize + i]);
        }).ToArray();
        for (var i = 0; i < 3; i++) Array.ForEach(steps, run => run());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 6; i++) steps[i]();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("portable", -1, 0, 1, "no row -1 among 256")]
    [InlineData("portable", 256, 0, 1, "no row 256 among 256")]
    [InlineData("portable", 3, 1, 1, "no sequence 1 among 1")]
    [InlineData("portable", 3, 0, -1, "no block -1 among 8")]
    [InlineData("portable", 3, 0, 8, "no block 8 among 8")]
    [InlineData("reference", 256, 0, 1, "no row 256 among 256")]
    [InlineData("reference", 3, 1, 1, "no sequence 1 among 1")]
    [InlineData("reference", 3, 0, -1, "no block -1 among 8")]
    public void Wrong_indices_are_named(string set, int slot, int sequence, int block, string message)
    {
        using var step = new CachedStep(new Random(5), set, DType.F16, DType.F16, BlockSize, blocks: 8);
        var run = step.Prepare([3], [sequence], TensorData.From<int>([block], 1, 1), [slot]);
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(run).Message);
    }
}
