using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.Formats;

public sealed class DequantizeTests
{
    public static TheoryData<DType> BlockTypes => [.. Enum.GetValues<DType>().Where(type => type.IsBlocked)];

    [Fact]
    public void Every_block_format_has_a_vector() => Assert.Equal(BlockTypes.Count, QuantizationVector.Count);

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void A_block_format_decodes_to_the_bits_that_ggml_gives(DType type)
    {
        var vector = QuantizationVector.Of(type);
        Assert.Equal((vector.BlockElements, vector.BlockBytes), (type.BlockElements, type.BlockBytes));
        var decoded = Poisoned(vector.Dequantized.Length);

        NumberFormats.Dequantize(type, vector.Quantized, decoded);

        for (var i = 0; i < decoded.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToInt32Bits(vector.Dequantized[i]) == BitConverter.SingleToInt32Bits(decoded[i]),
                $"element {i}: expected {vector.Dequantized[i]:R}, got {decoded[i]:R}");
        }
    }

    private static float[] Poisoned(int length)
    {
        var values = new float[length];
        Array.Fill(values, float.NaN);
        return values;
    }
}
