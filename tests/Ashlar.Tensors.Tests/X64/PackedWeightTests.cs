using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Packing of block formats, read back by the description of the layout.</summary>
public sealed unsafe class PackedWeightTests
{
    private const int Columns = WeightMatMul.Columns, Shapes = 12;
    private const byte Poison = 0xCD;

    public static TheoryData<DType> Types { get; } = [.. Enum.GetValues<DType>().Where(BlockWeights.CanPack)];

    [Fact]
    public void Every_block_format_can_be_packed_and_nothing_else()
    {
        foreach (var type in Enum.GetValues<DType>()) Assert.Equal(type.IsBlocked, BlockWeights.CanPack(type));
    }

    [Theory, MemberData(nameof(Types))]
    public void Packed_weights_are_the_numbers_of_the_file_to_the_bit(DType type)
    {
        for (var seed = 0; seed < Shapes; seed++)
        {
            var random = new Random(seed);
            var (k, n) = (type.BlockElements * random.Next(1, 5), random.Next(1, 70));
            var source = WeightBytes.Random(type, k * n, random, isExtreme: seed % 4 == 3);
            if (type == DType.MXFP4) random.NextBytes(source);
            var expected = new float[k * n];
            NumberFormats.Dequantize(type, source, expected);
            using var packed = Pack(type, source, k, n, random.NextInt64(0, BlockWeights.Groups(n) + 1));

            var format = WeightTable.Of(type);
            for (var column = 0; column < BlockWeights.Groups(n) * Columns; column++)
            {
                for (var i = 0; i < k; i++)
                {
                    var actual = Read(format, packed.Pointer + column / Columns * format.ColumnsBytes(k), column % Columns, i);
                    if (column >= n) Assert.True(actual == 0 || type == DType.MXFP4, $"{type}, seed {seed}: padding is {actual}");
                    else if (BitConverter.SingleToInt32Bits(actual) != BitConverter.SingleToInt32Bits(expected[column * k + i]))
                    {
                        Assert.Fail($"{type}, seed {seed}: element {i} of {column} is {actual}, not {expected[column * k + i]}");
                    }
                }
            }
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void Formats_with_a_layout_of_their_own_hardly_grow(DType type)
    {
        if (WeightTable.Of(type).Scales == ScaleForm.Single) return;
        // Their scales are of 8 bits, or for 256: they are packed as f16, for 32 at most.
        var most = type is DType.NVFP4 or DType.TQ2_0 ? 1.22 : 1.04;
        Assert.InRange(BlockWeights.Bytes(type, 4096, 160) / (double)type.ByteLength(4096 * 160), 1, most);
    }

    private static NativeBlock Pack(DType type, byte[] source, long k, long n, long cut)
    {
        const int Guard = 64;
        var bytes = BlockWeights.Bytes(type, k, n);
        var packed = new NativeBlock(bytes + Guard);
        new Span<byte>(packed.Pointer, (int)packed.Bytes).Fill(Poison);
        fixed (byte* pointer = source)
        {
            BlockWeights.Pack(type, pointer, k, n, cut, BlockWeights.Groups(n), packed.Pointer);
            BlockWeights.Pack(type, pointer, k, n, 0, cut, packed.Pointer);
        }

        Assert.True(new ReadOnlySpan<byte>(packed.Pointer + bytes, Guard).IndexOfAnyExcept(Poison) < 0, $"{type}: past the end");
        return packed;
    }

    // One weight, as the description of the layout says.
    private static float Read(PackedFormat format, byte* group, int column, int element)
    {
        var block = group + element / format.BlockElements * format.ColumnsBytes(format.BlockElements);
        var inBlock = element % format.BlockElements;
        var step = block + format.BlockBytes + inBlock / 32 * format.StepBytes;
        var (vector, lane) = (inBlock % 32 / 4, column * 4 + inBlock % 4);
        var code = 0;
        var at = step + format.Codes;
        foreach (var (bits, position) in format.Planes)
        {
            var stored = at[vector % bits * PackedFormat.VectorBytes + lane];
            code |= (stored >> vector / bits * bits & (1 << bits) - 1) << position;
            at += bits * PackedFormat.VectorBytes;
        }

        if (!format.Values.IsEmpty) code = format.Values[code];
        var place = inBlock % 32 / format.GroupElements * Columns + column;
        var scale = format.Scales switch
        {
            ScaleForm.Half or ScaleForm.HalfAndOffset => (float)((Half*)step)[place],
            ScaleForm.Single => ((float*)step)[place],
            ScaleForm.PowerOfTwo => MathF.ScaleB(1, step[place] - 128),
            ScaleForm.Steps => (float)((Half*)block)[column] * (sbyte)step[place],
            ScaleForm.StepsAndOffsets => (float)((Half*)block)[column] * step[place],
            _ => (float)((Half*)block)[column] * (step[place] & 0x0F),
        };
        if (!format.HasOffsets) return scale * (code - format.Zero);
        var offsets = step + format.Offsets;
        var offset = format.Scales switch
        {
            ScaleForm.HalfAndOffset => (float)((Half*)offsets)[place],
            ScaleForm.StepsAndOffsets => (float)((Half*)block)[Columns + column] * offsets[place],
            _ => (float)((Half*)block)[Columns + column] * (offsets[place] >> 4),
        };
        return scale * code + offset;
    }
}
