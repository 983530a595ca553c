using System.Runtime.Intrinsics;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>Packs one block of up to sixteen columns at a time.</summary>
internal readonly unsafe struct BlockPacker<TFormat>(PackedFormat format) where TFormat : struct, IBlockFormat
{
    private const int Columns = WeightMatMul.Columns;

    /// <summary>Packs a block.</summary>
    /// <param name="source">The block of the first column.</param>
    /// <param name="columnBytes">Bytes from a column to the next.</param>
    /// <param name="columns">How many columns there are, 1 to 16.</param>
    /// <param name="packed">Receives the block.</param>
    public void Pack(byte* source, long columnBytes, int columns, byte* packed)
    {
        var (elements, bytes) = (TFormat.Type.BlockElements, TFormat.Type.BlockBytes);
        if (columns < Columns) new Span<byte>(packed, (int)format.ColumnsBytes(elements)).Clear();
        var inOrder = CodesInOrder();
        var codes = stackalloc byte[Columns * Blocks.MaxElements];
        for (var column = 0; column < columns; column++)
        {
            var block = new ReadOnlySpan<byte>(source + column * columnBytes, bytes);
            if (format.Scales == ScaleForm.Single) WriteUnpacked(block, codes + column * elements, packed, column);
            else
            {
                BlockScales.Write(TFormat.Type, block, format, packed, column);
                if (inOrder < 0) ReadCodes(block, new Span<sbyte>(codes + column * elements, elements));
            }
        }

        for (var step = 0; step < elements / PackedFormat.StepElements; step++)
        {
            var target = packed + StepAt(step) + format.Codes;
            if (inOrder >= 0)
            {
                var vectors = format.Planes[0].Bits;
                var flips = TFormat.Type == DType.Q8_0 ? 0x80808080u : 0;
                Transpose(source + inOrder + step * vectors * sizeof(uint), columnBytes, columns, vectors, flips, target);
            }
            else WritePlanes(codes + step * PackedFormat.StepElements, elements, columns, target);
        }
    }

    private long StepAt(int step) => step / format.BlockSteps * (format.BlockBytes + format.BlockSteps * format.StepBytes)
        + format.BlockBytes + step % format.BlockSteps * format.StepBytes;

    // Where in a block the codes begin, if the file already has them in the order of the packed planes; -1 if not.
    private static int CodesInOrder() => TFormat.Type switch
    {
        DType.Q4_0 or DType.Q8_0 or DType.IQ4_NL => 2,
        DType.Q4_1 => 4,
        DType.IQ4_XS => 8,
        DType.MXFP4 => 1,
        _ => -1,
    };

    private void ReadCodes(ReadOnlySpan<byte> block, Span<sbyte> codes)
    {
        Span<float> scales = stackalloc float[Blocks.MaxGroups];
        Span<float> offsets = stackalloc float[Blocks.MaxGroups];
        TFormat.Unpack(block, codes, scales, offsets);
        if (format.Zero != 0) Codes.Add(codes, format.Zero);
    }

    // Formats without a layout of their own: a byte a code, and the scale as it comes.
    private void WriteUnpacked(ReadOnlySpan<byte> block, byte* target, byte* packed, int column)
    {
        Span<float> scales = stackalloc float[Blocks.MaxGroups];
        Span<float> offsets = stackalloc float[Blocks.MaxGroups];
        var codes = new Span<sbyte>(target, TFormat.Type.BlockElements);
        TFormat.Unpack(block, codes, scales, offsets);
        if (TFormat.HasOffsets)
        {
            // IQ1: the offset is an eighth of the scale up or down, so that eighths of the scale hold both.
            for (var i = 0; i < codes.Length; i++)
            {
                var group = i / TFormat.GroupElements;
                var isUp = offsets[group] == scales[group] * IQ1_S.Shift;
                codes[i] = (sbyte)(8 * codes[i] + (isUp ? 1 : -1));
            }

            for (var i = 0; i < codes.Length / TFormat.GroupElements; i++) scales[i] *= IQ1_S.Shift;
        }

        Codes.Add(codes, format.Zero);
        for (var i = 0; i < codes.Length; i += format.GroupElements)
        {
            var group = i % PackedFormat.StepElements / format.GroupElements;
            var place = packed + StepAt(i / PackedFormat.StepElements) + group * format.ScaleBytes;
            ((float*)place)[column] = scales[i / TFormat.GroupElements];
        }
    }

    private void WritePlanes(byte* codes, int columnBytes, int columns, byte* target)
    {
        var vectors = stackalloc byte[PackedFormat.StepVectors * PackedFormat.VectorBytes];
        if (columns < Columns) new Span<byte>(vectors, PackedFormat.StepVectors * PackedFormat.VectorBytes).Clear();
        Transpose(codes, columnBytes, columns, PackedFormat.StepVectors, 0, vectors);
        foreach (var (bits, position) in format.Planes)
        {
            var mask = Vector512.Create((byte)((1 << bits) - 1));
            for (var vector = 0; vector < bits; vector++, target += PackedFormat.VectorBytes)
            {
                var plane = Vector512<byte>.Zero;
                for (var field = 0; field < 8 / bits; field++)
                {
                    var code = Vector512.Load(vectors + (vector + bits * field) * PackedFormat.VectorBytes);
                    plane |= (code >>> position & mask) << bits * field;
                }

                plane.Store(target);
            }
        }
    }

    // Four successive codes of every column become one vector; columns that are not there stay as they are.
    private static void Transpose(byte* source, long columnBytes, int columns, int vectors, uint flips, byte* target)
    {
        for (var column = 0; column < columns; column++, source += columnBytes)
        {
            for (var vector = 0; vector < vectors; vector++)
            {
                ((uint*)target)[vector * Columns + column] = ((uint*)source)[vector] ^ flips;
            }
        }
    }
}
