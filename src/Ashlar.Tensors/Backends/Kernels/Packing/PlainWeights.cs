using System.Runtime.Intrinsics;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>
/// The packed form of weights that are plain numbers: for each group of 16 columns, one after the other, F32 as (k, 16) floats,
/// F16 as (k, 16) halves, BF16 as (k / 2, 16, 2) pairs that are neighbours in k, the last one filled with zero where k is odd.
/// Columns past n are zeros. It is the same for all instruction sets.
/// </summary>
internal static unsafe class PlainWeights
{
    private const int Columns = WeightMatMul.Columns;

    /// <summary>Whether weights of this type have this form.</summary>
    public static bool CanPack(DType type) => type is DType.F32 or DType.F16 or DType.BF16;

    /// <summary>The form of the rows that the weights are multiplied with.</summary>
    public static RowForm RowsOf(DType type, InstructionSet set) =>
        type == DType.BF16 && set >= InstructionSet.Avx512Bf16 ? RowForm.BF16 : RowForm.F32;

    /// <summary>How many groups n columns make.</summary>
    public static long Groups(long n) => (n + Columns - 1) / Columns;

    /// <summary>Bytes of a packed group of 16 columns with k elements each.</summary>
    public static long GroupBytes(DType type, long k) => type switch
    {
        DType.F32 => k * Columns * sizeof(float),
        DType.F16 => k * Columns * sizeof(short),
        DType.BF16 => (k + 1) / 2 * Columns * 2 * sizeof(short),
        _ => throw new ArgumentException($"{type} has no plain packed form", nameof(type)),
    };

    /// <summary>Bytes of a packed matrix.</summary>
    public static long Bytes(DType type, long k, long n) => Groups(n) * GroupBytes(type, k);

    /// <summary>Packs the groups [fromGroup, toGroup) of a matrix (n, k); calls with disjoint groups may run at once.</summary>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="source">The matrix, row by row, dense.</param>
    /// <param name="k">Elements of a row of the matrix.</param>
    /// <param name="n">Rows of the matrix: columns of the product.</param>
    /// <param name="fromGroup">The first group.</param>
    /// <param name="toGroup">Past the last group.</param>
    /// <param name="packed">The packed matrix, from its first group on.</param>
    public static void Pack(DType type, byte* source, long k, long n, long fromGroup, long toGroup, byte* packed)
    {
        var groupBytes = GroupBytes(type, k);
        for (var group = fromGroup; group < toGroup; group++)
        {
            var column = group * Columns;
            var columns = (int)Math.Min(Columns, n - column);
            var target = packed + group * groupBytes;
            if (type == DType.F32) PlainTranspose.Singles((uint*)source + column * k, k, k, columns, (uint*)target);
            else if (type == DType.F16) PlainTranspose.Halves((ushort*)source + column * k, k, columns, (ushort*)target);
            else PlainTranspose.Pairs((ushort*)source + column * k, k, columns, (ushort*)target);
        }
    }

    /// <summary>
    /// Packs the groups [fromGroup, toGroup) of a right operand of F32 that lies as (k, n), its rows <paramref name="stride"/>
    /// elements apart.
    /// </summary>
    public static void PackColumns(float* source, long k, long n, long stride, long fromGroup, long toGroup, float* packed)
    {
        // Some groups at once: a row lies in another page than the one before.
        const int Together = 8;
        var groupFloats = k * Columns;
        for (var first = fromGroup; first < toGroup; first += Together)
        {
            var end = Math.Min(first + Together, toGroup);
            for (var i = 0L; i < k; i++)
            {
                for (var group = first; group < end; group++)
                {
                    var from = source + i * stride + group * Columns;
                    var to = packed + group * groupFloats + i * Columns;
                    if ((group + 1) * Columns <= n) Vector512.Load(from).Store(to);
                    else for (var c = 0; c < Columns; c++) to[c] = group * Columns + c < n ? from[c] : 0;
                }
            }
        }
    }
}
