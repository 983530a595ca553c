using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>Takes the scales of a block to their packed places, bit for bit.</summary>
internal static unsafe class BlockScales
{
    private const ushort Sign = 0x8000;
    private const int PrefetchBytes = 512;

    /// <summary>Writes the scales of a block of some columns.</summary>
    /// <param name="type">The format in the file.</param>
    /// <param name="source">The block of the first column.</param>
    /// <param name="columnBytes">Bytes from a column to the next.</param>
    /// <param name="columns">How many columns there are.</param>
    /// <param name="format">The packed layout.</param>
    /// <param name="packed">The packed block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(DType type, byte* source, long columnBytes, int columns, PackedFormat format, byte* packed)
    {
        var step = packed + format.BlockBytes;
        switch (type)
        {
            case DType.Q4_0 or DType.Q5_0 or DType.Q8_0 or DType.IQ4_NL:
                CopyAll(source, columnBytes, columns, step);
                break;
            case DType.Q4_1 or DType.Q5_1:
                CopyAll(source, columnBytes, columns, step);
                CopyAll(source + sizeof(ushort), columnBytes, columns, step + format.Offsets);
                break;
            default:
                for (var column = 0; column < columns; column++)
                {
                    // Sixteen columns are more streams than processors follow by themselves.
                    if (Sse.IsSupported) Sse.Prefetch0(source + column * columnBytes + PrefetchBytes);
                    WriteColumn(type, new(source + column * columnBytes, type.BlockBytes), format, packed, column);
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyAll(byte* source, long columnBytes, int columns, byte* target)
    {
        for (var column = 0; column < columns; column++)
        {
            ((ushort*)target)[column] = *(ushort*)source;
            source += columnBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteColumn(DType type, ReadOnlySpan<byte> block, PackedFormat format, byte* packed, int column)
    {
        var step = packed + format.BlockBytes;
        switch (type)
        {
            case DType.MXFP4:
                step[column] = block[0];
                break;
            case DType.TQ2_0:
                for (var group = 0; group < 8; group++) Copy(step + group * format.StepBytes, column, block[64..]);
                break;
            case DType.NVFP4:
                for (var group = 0; group < 4; group++)
                {
                    var place = step + group / 2 * format.StepBytes + group % 2 * format.ScaleBytes;
                    ((Half*)place)[column] = (Half)Float4.HalfUE4M3(block[group]); // exact: 4 bits from 2^-10 to 2^7
                }

                break;
            case DType.Q2_K:
                Factors(packed, column, block[80..]);
                Steps(format, step, column, block[..16]);
                break;
            case DType.Q3_K:
                Copy(packed, column, block[108..]);
                Steps(format, step, column, Q3Steps(block, stackalloc byte[16]));
                break;
            case DType.Q4_K or DType.Q5_K:
                Factors(packed, column, block);
                Span<byte> steps = stackalloc byte[16];
                SixBitSteps(block[4..16], steps);
                Steps(format, step, column, steps[..8]);
                Steps(format, step + format.Offsets, column, steps[8..]);
                break;
            case DType.Q6_K:
                Copy(packed, column, block[208..]);
                Steps(format, step, column, block.Slice(192, 16));
                break;
            case DType.IQ4_XS:
                Copy(packed, column, block);
                Steps(format, step, column, FineSteps(block, stackalloc byte[8]));
                break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "its scales have no packed form");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* place, int column, ReadOnlySpan<byte> bits) =>
        ((ushort*)place)[column] = BinaryPrimitives.ReadUInt16LittleEndian(bits);

    // The factor of the scales, then that of the minimums, which are subtracted in the file and added when packed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Factors(byte* packed, int column, ReadOnlySpan<byte> factors)
    {
        Copy(packed, column, factors);
        Copy(packed + WeightMatMul.Columns * sizeof(ushort), column, factors[2..]);
        ((ushort*)packed)[WeightMatMul.Columns + column] ^= Sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Steps(PackedFormat format, byte* step, int column, ReadOnlySpan<byte> steps)
    {
        // A step has one group or two.
        var (stepBytes, scaleBytes, second) = (format.StepBytes, format.ScaleBytes, format.StepGroups - 1);
        for (var group = 0; group < steps.Length; group++)
        {
            step[(group >> second) * stepBytes + (group & second) * scaleBytes + column] = steps[group];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixBitSteps(ReadOnlySpan<byte> packed, Span<byte> steps)
    {
        // Four at a time: a byte of a word holds one.
        const uint Low6 = 0x3F3F3F3F, Low4 = 0x0F0F0F0F, High2 = 0x30303030;
        var low = BinaryPrimitives.ReadUInt32LittleEndian(packed);
        var middle = BinaryPrimitives.ReadUInt32LittleEndian(packed[4..]);
        var high = BinaryPrimitives.ReadUInt32LittleEndian(packed[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(steps, low & Low6);
        BinaryPrimitives.WriteUInt32LittleEndian(steps[4..], high & Low4 | low >> 2 & High2);
        BinaryPrimitives.WriteUInt32LittleEndian(steps[8..], middle & Low6);
        BinaryPrimitives.WriteUInt32LittleEndian(steps[12..], high >> 4 & Low4 | middle >> 2 & High2);
    }

    private static Span<byte> Q3Steps(ReadOnlySpan<byte> block, Span<byte> steps)
    {
        for (var g = 0; g < 16; g++)
        {
            var low = block[96 + g % 8] >> g / 8 * 4 & 0x0F;
            var high = block[104 + g % 4] >> g / 4 * 2 & 3;
            steps[g] = (byte)(low + (high << 4) - 32);
        }

        return steps;
    }

    private static Span<byte> FineSteps(ReadOnlySpan<byte> block, Span<byte> steps)
    {
        for (var g = 0; g < 8; g++)
        {
            var low = block[4 + g / 2] >> g % 2 * 4 & 0x0F;
            var high = block[2 + g / 4] >> g % 4 * 2 & 3;
            steps[g] = (byte)(low + (high << 4) - 32);
        }

        return steps;
    }
}
