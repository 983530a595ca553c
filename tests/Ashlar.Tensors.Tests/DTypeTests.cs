namespace Ashlar.Tensors.Tests;

public class DTypeTests
{
    [Theory]
    [InlineData(DType.F32, 7, 28)]
    [InlineData(DType.Q4_0, 64, 36)]
    [InlineData(DType.Q6_K, 512, 420)]
    public void Byte_lengths_count_whole_blocks(DType type, long elements, long bytes) =>
        Assert.Equal(bytes, type.ByteLength(elements));

    [Fact]
    public void A_count_that_splits_a_block_is_refused() =>
        Assert.Contains(
            "blocks of 32", Assert.Throws<ArgumentException>(() => DType.Q4_0.ByteLength(33)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_type_has_a_layout() =>
        Assert.All(Enum.GetValues<DType>(), type => Assert.True(type.BlockBytes > 0));
}
