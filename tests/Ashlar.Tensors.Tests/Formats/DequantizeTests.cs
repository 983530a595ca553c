using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.Formats;

public sealed class DequantizeTests
{
    public static TheoryData<DType> Types => [.. Enum.GetValues<DType>()];

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

        AssertSameBits(vector.Dequantized, decoded);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Any_bytes_decode_and_every_element_is_written(DType type)
    {
        const int Seed = 20;
        var random = new Random(Seed);
        var (elements, bytes) = (type.BlockElements * 64, new byte[type.BlockBytes * 64]);
        for (var round = 0; round < 20; round++)
        {
            random.NextBytes(bytes);
            if (round == 0) Array.Fill(bytes, (byte)0xFF);

            var (first, second) = (new float[elements], new float[elements]);
            Array.Fill(first, 1.5f);
            Array.Fill(second, -2.5f);
            NumberFormats.Dequantize(type, bytes, first);
            NumberFormats.Dequantize(type, bytes, second);

            Assert.True(SameBits(first, second), $"seed {Seed}, round {round}: an element kept what was there before");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_run_of_blocks_decodes_as_its_blocks_do(DType type)
    {
        const int Seed = 21;
        var random = new Random(Seed);
        foreach (var blocks in (int[])[0, 1, 2, 7, 19])
        {
            var bytes = new byte[type.BlockBytes * blocks];
            random.NextBytes(bytes);
            var (whole, parts) = (new float[type.BlockElements * blocks], new float[type.BlockElements * blocks]);

            NumberFormats.Dequantize(type, bytes, whole);
            for (var b = 0; b < blocks; b++)
            {
                NumberFormats.Dequantize(
                    type, bytes.AsSpan(b * type.BlockBytes, type.BlockBytes),
                    parts.AsSpan(b * type.BlockElements, type.BlockElements));
            }

            Assert.True(SameBits(parts, whole), $"seed {Seed}, {blocks} blocks");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Sizes_that_do_not_match_are_refused_by_name(DType type)
    {
        var (bytes, values) = (new byte[type.BlockBytes * 2], new float[type.BlockElements * 2]);

        var tooFew = Assert.Throws<ArgumentException>(() => NumberFormats.Dequantize(type, bytes.AsSpan(1), values));
        Assert.Equal("source", tooFew.ParamName);
        Assert.Contains(
            $"{values.Length} elements of {type} take {bytes.Length} bytes, not {bytes.Length - 1}", tooFew.Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => NumberFormats.Dequantize(type, bytes, values.AsSpan(type.BlockElements)));
        Assert.Throws<ArgumentException>(() => NumberFormats.Dequantize(type, [], values));
        Assert.Throws<ArgumentException>(() => NumberFormats.Dequantize(type, bytes, []));

        if (type.IsBlocked)
        {
            var torn = Assert.Throws<ArgumentException>(() => NumberFormats.Dequantize(type, bytes, values.AsSpan(1)));
            Assert.Equal("destination", torn.ParamName);
        }
    }

    [Fact]
    public void An_unknown_type_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NumberFormats.Dequantize((DType)99, new byte[4], new float[1]));

    [Theory]
    [MemberData(nameof(Types))]
    public void Decoding_allocates_nothing(DType type)
    {
        var (bytes, values) = (new byte[type.BlockBytes * 4], new float[type.BlockElements * 4]);
        NumberFormats.Dequantize(type, bytes, values);

        var before = GC.GetAllocatedBytesForCurrentThread();
        NumberFormats.Dequantize(type, bytes, values);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Poisoned(int length)
    {
        var values = new float[length];
        Array.Fill(values, float.NaN);
        return values;
    }

    private static void AssertSameBits(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"element {i}: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }

    private static bool SameBits(float[] first, float[] second) =>
        first.Select(BitConverter.SingleToInt32Bits).SequenceEqual(second.Select(BitConverter.SingleToInt32Bits));
}
