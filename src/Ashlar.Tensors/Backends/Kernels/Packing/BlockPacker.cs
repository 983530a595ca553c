using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>Packs one block of up to sixteen columns at a time.</summary>
internal readonly unsafe struct BlockPacker<TFormat> where TFormat : struct, IBlockFormat
{
    private const int Columns = WeightMatMul.Columns;

    /// <summary>Bytes of the memory that a packer works in.</summary>
    public const int WorkBytes = 2 * Columns * Blocks.MaxElements;

    private static readonly PackedFormat Format = WeightTable.Of(TFormat.Type);
    private static readonly FilePlane[] Planes = FilePlanes.Of(TFormat.Type);

    private readonly byte* _codes, _transposed;

    /// <param name="work">Memory to work in.</param>
    public BlockPacker(byte* work)
    {
        _codes = work;
        _transposed = work + WorkBytes / 2;
    }

    /// <summary>Packs a block.</summary>
    /// <param name="source">The block of the first column.</param>
    /// <param name="columnBytes">Bytes from a column to the next.</param>
    /// <param name="columns">How many columns there are, 1 to 16.</param>
    /// <param name="packed">Receives the block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(byte* source, long columnBytes, int columns, byte* packed)
    {
        var (elements, bytes) = (TFormat.Type.BlockElements, TFormat.Type.BlockBytes);
        if (columns < Columns)
        {
            new Span<byte>(packed, (int)Format.ColumnsBytes(elements)).Clear();
            new Span<byte>(_codes, WorkBytes).Clear();
        }

        if (Format.Scales == ScaleForm.Single)
        {
            for (var column = 0; column < columns; column++)
            {
                var block = new ReadOnlySpan<byte>(source + column * columnBytes, bytes);
                WriteUnpacked(block, _transposed + column * elements, packed, column);
            }

            ColumnTransposition.Run(_transposed, elements, columns, elements / 4, 0, _codes);
            WriteCodes(packed);
            return;
        }

        BlockScales.Write(TFormat.Type, source, columnBytes, columns, Format, packed);
        if (Planes.Length == 0) CopyCodes(source, columnBytes, columns, packed);
        else
        {
            new Span<byte>(_codes, Columns * elements).Clear();
            foreach (var plane in Planes)
            {
                ColumnTransposition.Run(source + plane.Offset, columnBytes, columns, plane.Bytes / 4, 0, _transposed);
                FilePlanes.Add(plane, _transposed, _codes);
            }

            WriteCodes(packed);
        }
    }

    // The file already has the codes in the order of the packed planes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyCodes(byte* source, long columnBytes, int columns, byte* packed)
    {
        var first = TFormat.Type switch
        {
            DType.Q4_0 or DType.Q8_0 or DType.IQ4_NL => 2,
            DType.Q4_1 => 4,
            DType.IQ4_XS => 8,
            DType.MXFP4 => 1,
            _ => throw new InvalidOperationException($"the codes of {TFormat.Type} have no description"),
        };
        var vectors = Format.CodeBits;
        var flips = TFormat.Type == DType.Q8_0 ? 0x80808080u : 0;
        for (var step = 0; step < TFormat.Type.BlockElements / PackedFormat.StepElements; step++)
        {
            var codes = source + first + step * vectors * sizeof(uint);
            ColumnTransposition.Run(codes, columnBytes, columns, vectors, flips, packed + StepAt(step) + Format.Codes);
        }
    }

    private void WriteCodes(byte* packed)
    {
        for (var step = 0; step < TFormat.Type.BlockElements / PackedFormat.StepElements; step++)
        {
            WritePlanes(_codes + step * Columns * PackedFormat.StepElements, packed + StepAt(step) + Format.Codes);
        }
    }

    private static long StepAt(int step) => step / Format.BlockSteps * (Format.BlockBytes + Format.BlockSteps * Format.StepBytes)
        + Format.BlockBytes + step % Format.BlockSteps * Format.StepBytes;

    // Formats without a layout of their own: a byte a code, and the scale as it comes.
    private static void WriteUnpacked(ReadOnlySpan<byte> block, byte* target, byte* packed, int column)
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

        Codes.Add(codes, Format.Zero);
        for (var i = 0; i < codes.Length; i += Format.GroupElements)
        {
            var group = i % PackedFormat.StepElements / Format.GroupElements;
            var place = packed + StepAt(i / PackedFormat.StepElements) + group * Format.ScaleBytes;
            ((float*)place)[column] = scales[i / TFormat.GroupElements];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WritePlanes(byte* vectors, byte* target)
    {
        foreach (var (bits, position) in Format.Planes)
        {
            var mask = Vector512.Create((byte)((1 << bits) - 1));
            for (var vector = 0; vector < bits; vector++, target += PackedFormat.VectorBytes)
            {
                var plane = Vector512<byte>.Zero;
                for (var field = 0; field < 8 / bits; field++)
                {
                    var code = Vector512.Load(vectors + (vector + bits * field) * PackedFormat.VectorBytes);
                    var wanted = (code.AsUInt32() >>> position).AsByte() & mask;
                    plane |= (wanted.AsUInt32() << bits * field).AsByte();
                }

                plane.Store(target);
            }
        }
    }
}
