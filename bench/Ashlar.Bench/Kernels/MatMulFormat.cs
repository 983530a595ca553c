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
    /// <summary>The formats that are measured.</summary>
    public static IEnumerable<MatMulFormat> All(InstructionSet set) =>
        new[] { DType.F32, DType.F16, DType.BF16 }.Select(type => new MatMulFormat(type, PlainWeights.RowsOf(type, set)));

    /// <summary>The arithmetic whose peak limits the kernel.</summary>
    public Arithmetic Arithmetic => Rows switch
    {
        RowForm.Q8 => Arithmetic.Int8,
        RowForm.BF16 => Arithmetic.BFloat16,
        _ => Arithmetic.Float32,
    };

    /// <summary>The layout of the rows where their form is Q8; else null.</summary>
    public QuantizedRows? RowLayout(long k) => Rows == RowForm.Q8 ? new QuantizedRows(k, []) : null;

    /// <summary>Bytes of a packed matrix.</summary>
    public long Bytes(long k, long n) => PlainWeights.Bytes(Type, k, n);

    /// <summary>Packs a matrix (n, k).</summary>
    public unsafe void Pack(byte* source, long k, long n, byte* packed)
    {
        var groups = (n + WeightMatMul.Columns - 1) / WeightMatMul.Columns;
        PlainWeights.Pack(Type, source, k, n, 0, groups, packed);
    }

    /// <summary>Emits a kernel.</summary>
    public Kernel Emit(WeightMatMul matMul, InstructionSet set) => PlainWeights.CanPack(Type)
        ? PlainMatMulEmitter.Emit(matMul, set)
        : throw new NotSupportedException($"no kernel multiplies weights of {Type}");
}
