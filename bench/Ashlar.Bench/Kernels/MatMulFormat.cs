using Ashlar.Bench.Limits;
using Ashlar.Tensors;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Backends.X64.MatMul;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Kernels;

/// <summary>How weights of a type are packed and multiplied, whichever family of kernels does it.</summary>
/// <param name="Type">The type.</param>
/// <param name="Rows">The form of the rows that they are multiplied with.</param>
internal sealed record MatMulFormat(DType Type, RowForm Rows)
{
    private static readonly DType[] Blocks =
    [
        DType.Q4_0, DType.Q4_1, DType.Q5_0, DType.Q5_1, DType.Q8_0, DType.Q2_K, DType.Q3_K, DType.Q4_K, DType.Q5_K, DType.Q6_K,
        DType.IQ4_NL, DType.IQ4_XS, DType.MXFP4,
    ];

    /// <summary>The formats that are measured.</summary>
    public static IEnumerable<MatMulFormat> All(InstructionSet set) =>
    [
        .. new[] { DType.F32, DType.F16, DType.BF16 }.Select(type => new MatMulFormat(type, PlainWeights.RowsOf(type, set))),
        .. Blocks.Select(type => new MatMulFormat(type, RowForm.Q8)),
    ];

    /// <summary>The arithmetic whose peak limits the kernel.</summary>
    public Arithmetic Arithmetic => Rows switch
    {
        RowForm.Q8 => Arithmetic.Int8,
        RowForm.BF16 => Arithmetic.BFloat16,
        _ => Arithmetic.Float32,
    };

    /// <summary>The layout of the rows where their form is Q8; else null.</summary>
    public QuantizedRows? RowLayout(long k) =>
        Rows == RowForm.Q8 ? new QuantizedRows(k, BlockWeights.BiasOf(Type) is { } bias ? [bias] : []) : null;

    /// <summary>Bytes of a packed matrix.</summary>
    public long Bytes(long k, long n) => Rows == RowForm.Q8 ? BlockWeights.Bytes(Type, k, n) : PlainWeights.Bytes(Type, k, n);

    /// <summary>Packs a matrix (n, k).</summary>
    public unsafe void Pack(byte* source, long k, long n, byte* packed)
    {
        var groups = (n + WeightMatMul.Columns - 1) / WeightMatMul.Columns;
        if (Rows == RowForm.Q8) BlockWeights.Pack(Type, source, k, n, 0, groups, packed);
        else PlainWeights.Pack(Type, source, k, n, 0, groups, packed);
    }

    /// <summary>Emits a kernel.</summary>
    public Kernel Emit(WeightMatMul matMul, InstructionSet set) =>
        Rows == RowForm.Q8 ? QuantizedMatMulEmitter.Emit(matMul, set) : PlainMatMulEmitter.Emit(matMul, set);
}
