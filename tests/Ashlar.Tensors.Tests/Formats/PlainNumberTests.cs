using System.Runtime.InteropServices;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.Formats;

public sealed class PlainNumberTests
{
    [Fact]
    public void Every_half_decodes_to_the_float_of_its_value()
    {
        var halves = Enumerable.Range(0, 65536).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).ToArray();

        var decoded = Decode(DType.F16, halves);

        Assert.All(halves.Zip(decoded), pair => AssertSame((float)pair.First, pair.Second));
    }

    [Fact]
    public void Every_bfloat16_is_the_upper_half_of_its_float()
    {
        var stored = Enumerable.Range(0, 65536).Select(bits => (ushort)bits).ToArray();

        var decoded = Decode(DType.BF16, stored);

        Assert.All(
            stored.Zip(decoded), pair => Assert.Equal((uint)pair.First << 16, BitConverter.SingleToUInt32Bits(pair.Second)));
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Every_stored_16_bit_float_survives_decoding_and_encoding(DType type)
    {
        var stored = Enumerable.Range(0, 65536).Select(bits => (ushort)bits).ToArray();
        var decoded = Decode(type, stored);
        var bytes = new byte[stored.Length * 2];

        NumberFormats.Quantize(type, decoded, bytes);

        var again = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (var i = 0; i < stored.Length; i++)
        {
            if (!float.IsNaN(decoded[i])) Assert.Equal(stored[i], again[i]);
            else Assert.True(float.IsNaN(Decode(type, [again[i]])[0]), $"{type} {stored[i]:X4} was NaN and is no more");
        }
    }

    [Fact]
    public void Float32_survives_decoding_and_encoding_to_the_bit()
    {
        float[] values = [0, -0f, 1, -1.5f, float.Epsilon, float.MaxValue, float.NegativeInfinity, float.NaN, MathF.PI];
        var bytes = new byte[values.Length * 4];

        NumberFormats.Quantize(DType.F32, values, bytes);

        Assert.Equal(MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), bytes);
        Assert.Equal(bytes, MemoryMarshal.AsBytes(Decode(DType.F32, bytes).AsSpan()).ToArray());
    }

    [Theory]
    [InlineData(0x3F808000u, 0x3F80)] // a tie, kept part even: down
    [InlineData(0x3F818000u, 0x3F82)] // a tie, kept part odd: up
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x3F807FFFu, 0x3F80)]
    [InlineData(0xBF818000u, 0xBF82)]
    [InlineData(0x7F7FFFFFu, 0x7F80)] // the largest float rounds to infinity
    [InlineData(0x7F800001u, 0x7FC0)] // a NaN of which the upper half alone would be infinity
    [InlineData(0x00008000u, 0x0000)] // subnormal tie
    public void Bfloat16_rounds_to_nearest_and_ties_to_even(uint floatBits, ushort expected)
    {
        var bytes = new byte[2];

        NumberFormats.Quantize(DType.BF16, [BitConverter.UInt32BitsToSingle(floatBits)], bytes);

        Assert.Equal(expected, BitConverter.ToUInt16(bytes));
    }

    [Fact]
    public void Half_rounds_ties_to_even_and_overflows_to_infinity()
    {
        float[] values = [1 + 1 / 2048f, 1 + 3 / 2048f, 65519, 65520, -1e10f, float.NaN];
        var bytes = new byte[values.Length * 2];

        NumberFormats.Quantize(DType.F16, values, bytes);

        Assert.Equal(
            [1, 1 + 2 / 1024f, 65504, float.PositiveInfinity, float.NegativeInfinity, float.NaN], Decode(DType.F16, bytes));
    }

    [Fact]
    public void Integers_doubles_and_truths_become_the_nearest_float()
    {
        Assert.Equal([-128, 127, -1, 0], Decode<sbyte>(DType.I8, [-128, 127, -1, 0]));
        Assert.Equal([-32768, 32767], Decode<short>(DType.I16, [short.MinValue, short.MaxValue]));
        Assert.Equal([-2147483648f, 16777216, 16777220], Decode(DType.I32, [int.MinValue, 16777217, 16777219]));
        Assert.Equal([-9223372036854775808f, 1L << 40], Decode(DType.I64, [long.MinValue, 1L << 40]));
        Assert.Equal([0.1f, float.PositiveInfinity, 0], Decode(DType.F64, [0.1, 1e300, 1e-300]));
        Assert.Equal([0, 1, 1], Decode<byte>(DType.Bool, [0, 1, 255]));
    }

    private static float[] Decode<T>(DType type, T[] stored) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(stored.AsSpan());
        var decoded = new float[bytes.Length / type.BlockBytes];
        NumberFormats.Dequantize(type, bytes, decoded);
        return decoded;
    }

    private static void AssertSame(float expected, float actual) => Assert.True(
        BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual)
            || (float.IsNaN(expected) && float.IsNaN(actual)),
        $"expected {expected:R}, got {actual:R}");
}
