using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ashlar.Tensors;

namespace Ashlar.Models.Gguf;

/// <summary>
/// Turns tensor data from one byte order to the other. Plain numbers are reversed whole. Of a block, those fields are
/// reversed that ggml's own code loads as words of more than one byte (scales, and packed bits that it reads as 16 or 32
/// bits at once), so that a machine of the file's byte order finds there what it expects.
/// </summary>
internal static class BlockByteOrder
{
    /// <summary>The most bytes, up to about <paramref name="bytes"/>, that end where a block ends.</summary>
    public static int WholeBlocks(DType type, int bytes) => bytes / type.BlockBytes * type.BlockBytes;

    /// <summary>Reverses every field of whole blocks in place.</summary>
    public static void Reverse(DType type, Span<byte> blocks)
    {
        if (!type.IsBlocked)
        {
            ReverseNumbers(type.BlockBytes, blocks);
            return;
        }

        var fields = Fields(type);
        for (; blocks.Length > 0; blocks = blocks[type.BlockBytes..])
        {
            foreach (var field in fields)
            {
                for (var i = 0; i < field.Count; i++) blocks.Slice(field.Offset + i * field.Stride, field.Width).Reverse();
            }
        }
    }

    private static void ReverseNumbers(int width, Span<byte> numbers)
    {
        switch (width)
        {
            case 2:
                var two = MemoryMarshal.Cast<byte, ushort>(numbers);
                BinaryPrimitives.ReverseEndianness(two, two);
                break;
            case 4:
                var four = MemoryMarshal.Cast<byte, uint>(numbers);
                BinaryPrimitives.ReverseEndianness(four, four);
                break;
            case 8:
                var eight = MemoryMarshal.Cast<byte, ulong>(numbers);
                BinaryPrimitives.ReverseEndianness(eight, eight);
                break;
        }
    }

    // The layouts are those of ggml-common.h; a scale is a binary16.
    private static Field[] Fields(DType type) => type switch
    {
        DType.Q4_0 or DType.Q8_0 or DType.IQ4_NL or DType.IQ2_S or DType.IQ3_S => [Scale(0)],
        DType.Q4_1 or DType.Q4_K or DType.Q5_K => [Scale(0), Scale(2)],
        DType.Q5_0 => [Scale(0), new(2, 4)], // the fifth bits of 32 elements
        DType.Q5_1 => [Scale(0), Scale(2), new(4, 4)],
        DType.Q2_K => [Scale(80), Scale(82)],
        DType.Q3_K => [Scale(108)],
        DType.Q6_K => [Scale(208)],
        DType.IQ2_XXS => [Scale(0), new(6, 4, Count: 8, Stride: 8)], // after each four codebook bytes, signs and a scale
        DType.IQ2_XS => [Scale(0), new(2, 2, Count: 32, Stride: 2)], // codebook index and signs
        DType.IQ3_XXS => [Scale(0), new(66, 4, Count: 8, Stride: 4)], // signs and a scale
        DType.IQ1_S => [Scale(0), new(34, 2, Count: 8, Stride: 2)], // high bits of indices, scale, shift
        DType.IQ1_M => [new(48, 2, Count: 4, Stride: 2)], // scales, with the block's own in their top bits
        DType.IQ4_XS => [Scale(0), new(2, 2)], // high bits of the scales
        DType.TQ1_0 => [Scale(52)],
        DType.TQ2_0 => [Scale(64)],
        DType.MXFP4 or DType.NVFP4 => [],
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a block format"),
    };

    private static Field Scale(int offset) => new(offset, 2);

    private readonly record struct Field(int Offset, int Width, int Count = 1, int Stride = 0);
}
