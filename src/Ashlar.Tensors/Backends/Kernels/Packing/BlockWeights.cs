using System.Runtime.CompilerServices;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>Packs matrices of block formats for <see cref="WeightMatMul"/>; the layout is <see cref="PackedFormat"/>.</summary>
internal static unsafe class BlockWeights
{
    /// <summary>Whether matrices of the type are packed here.</summary>
    public static bool CanPack(DType type) => WeightTable.Find(type) is not null;

    /// <summary>Whether the type has a layout of its own, with the codes and scales of the file; others are unpacked.</summary>
    public static bool HasLayout(DType type) => WeightTable.Find(type) is { Scales: not ScaleForm.Single };

    /// <summary>What the activations must carry for weights of the type; null for types that take no quantized rows.</summary>
    public static Bias? BiasOf(DType type) => WeightTable.Find(type)?.Bias;

    /// <summary>Bytes of a packed matrix.</summary>
    /// <param name="type">The format in the file.</param>
    /// <param name="k">Elements of a column, a multiple of the format's block.</param>
    /// <param name="n">Columns; those that fill up the last sixteen are zeros.</param>
    public static long Bytes(DType type, long k, long n) => checked(Groups(n) * WeightTable.Of(type).ColumnsBytes(k));

    /// <summary>How many groups of sixteen columns there are.</summary>
    public static long Groups(long n) => (n + WeightMatMul.Columns - 1) / WeightMatMul.Columns;

    /// <summary>Packs some groups of sixteen columns. Calls with disjoint groups may run at once.</summary>
    /// <param name="type">The format in the file.</param>
    /// <param name="source">(n, k) the matrix as in the file.</param>
    /// <param name="k">Elements of a column.</param>
    /// <param name="n">Columns.</param>
    /// <param name="fromGroup">The first group.</param>
    /// <param name="toGroup">Past the last group.</param>
    /// <param name="packed">Receives the groups, each at its own place in the whole.</param>
    public static void Pack(DType type, byte* source, long k, long n, long fromGroup, long toGroup, byte* packed)
    {
        switch (type)
        {
            case DType.Q4_0: Pack<Q4_0>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q4_1: Pack<Q4_1>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q5_0: Pack<Q5_0>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q5_1: Pack<Q5_1>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q8_0: Pack<Q8_0>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q2_K: Pack<Q2_K>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q3_K: Pack<Q3_K>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q4_K: Pack<Q4_K>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q5_K: Pack<Q5_K>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.Q6_K: Pack<Q6_K>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ2_XXS: Pack<IQ2_XXS>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ2_XS: Pack<IQ2_XS>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ2_S: Pack<IQ2_S>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ3_XXS: Pack<IQ3_XXS>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ3_S: Pack<IQ3_S>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ1_S: Pack<IQ1_S>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ1_M: Pack<IQ1_M>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ4_NL: Pack<IQ4_NL>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.IQ4_XS: Pack<IQ4_XS>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.TQ1_0: Pack<TQ1_0>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.TQ2_0: Pack<TQ2_0>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.MXFP4: Pack<MXFP4>(source, k, n, fromGroup, toGroup, packed); break;
            case DType.NVFP4: Pack<NVFP4>(source, k, n, fromGroup, toGroup, packed); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "no block format");
        }
    }

    // This and what it calls are optimized at once: a model is packed before the runtime finds out what runs often.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<TFormat>(byte* source, long k, long n, long fromGroup, long toGroup, byte* packed)
        where TFormat : struct, IBlockFormat
    {
        var (elements, bytes) = (TFormat.Type.BlockElements, TFormat.Type.BlockBytes);
        var format = WeightTable.Of(TFormat.Type);
        var work = stackalloc byte[BlockPacker<TFormat>.WorkBytes];
        var packer = new BlockPacker<TFormat>(work);
        var (columnBytes, packedBytes) = (k / elements * bytes, format.ColumnsBytes(k));
        var blockBytes = format.ColumnsBytes(elements);
        for (var group = fromGroup; group < toGroup; group++)
        {
            var first = group * WeightMatMul.Columns;
            var columns = (int)Math.Min(n - first, WeightMatMul.Columns);
            for (var block = 0L; block < k / elements; block++)
            {
                packer.Pack(
                    source + first * columnBytes + block * bytes, columnBytes, columns,
                    packed + group * packedBytes + block * blockBytes);
            }
        }
    }
}
