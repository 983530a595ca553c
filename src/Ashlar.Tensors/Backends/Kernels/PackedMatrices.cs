using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>Matrices of weights as kernels read them, whatever their format.</summary>
internal static class PackedMatrices
{
    /// <summary>Whether products with weights of this type have a kernel, for rows of so many elements.</summary>
    public static bool CanPack(DType type, long k) =>
        BlockWeights.CanPack(type) || (PlainWeights.CanPack(type) && (type != DType.BF16 || k % 2 == 0)); // taken in pairs

    /// <summary>Whether weights of this type are plain numbers and not blocks.</summary>
    public static bool IsPlain(DType type) => PlainWeights.CanPack(type);

    /// <summary>
    /// Whether packed weights of this type stand for the numbers of the file to the bit: all but those that are packed as another
    /// format.
    /// </summary>
    public static bool KeepsNumbers(DType type) => PlainWeights.CanPack(type) || BlockWeights.HasLayout(type);

    /// <summary>The form in which the other operand's rows are read.</summary>
    public static RowForm RowsOf(DType type, InstructionSet set) =>
        BlockWeights.CanPack(type) ? RowForm.Q8 : PlainWeights.RowsOf(type, set);

    /// <summary>What quantized rows must carry for weights of this type, or null for nothing.</summary>
    public static Bias? BiasOf(DType type) => BlockWeights.CanPack(type) ? BlockWeights.BiasOf(type) : null;

    /// <summary>Bytes of all packed matrices.</summary>
    public static long Bytes(WeightMatrix matrix) => matrix.Matrices * BytesOfOne(matrix);

    /// <summary>Groups of columns of all matrices, which can be packed apart.</summary>
    public static long Groups(WeightMatrix matrix) => matrix.Matrices * GroupsOfOne(matrix);

    /// <summary>Packs some groups of columns.</summary>
    /// <param name="matrix">The matrices.</param>
    /// <param name="from">The first group, counted through all matrices.</param>
    /// <param name="to">Past the last.</param>
    /// <param name="packed">Where the first group of the first matrix goes.</param>
    public static unsafe void Pack(WeightMatrix matrix, long from, long to, byte* packed)
    {
        var groups = GroupsOfOne(matrix);
        var source = matrix.Data.Pointer;
        while (from < to)
        {
            var index = from / groups;
            var end = Math.Min(to, (index + 1) * groups);
            var start = source + index * matrix.Type.ByteLength(matrix.K * matrix.N);
            var target = packed + index * BytesOfOne(matrix);
            var (first, last) = (from - index * groups, end - index * groups);
            if (BlockWeights.CanPack(matrix.Type)) BlockWeights.Pack(matrix.Type, start, matrix.K, matrix.N, first, last, target);
            else PlainWeights.Pack(matrix.Type, start, matrix.K, matrix.N, first, last, target);
            from = end;
        }

        GC.KeepAlive(matrix.Data);
    }

    /// <summary>The bytes of the weights that some groups of columns are packed from: from the first to past the last.</summary>
    public static (long From, long To) SourceBytes(WeightMatrix matrix, long from, long to)
    {
        var rowBytes = matrix.Type.ByteLength(matrix.K);
        return (RowsBefore(from) * rowBytes, RowsBefore(to) * rowBytes);

        long RowsBefore(long group)
        {
            var (index, column) = Math.DivRem(group, GroupsOfOne(matrix));
            return index * matrix.N + Math.Min(column * WeightMatMul.Columns, matrix.N);
        }
    }

    private static long GroupsOfOne(WeightMatrix matrix) => (matrix.N + WeightMatMul.Columns - 1) / WeightMatMul.Columns;

    private static long BytesOfOne(WeightMatrix matrix) => BlockWeights.CanPack(matrix.Type)
        ? BlockWeights.Bytes(matrix.Type, matrix.K, matrix.N)
        : PlainWeights.Bytes(matrix.Type, matrix.K, matrix.N);
}
