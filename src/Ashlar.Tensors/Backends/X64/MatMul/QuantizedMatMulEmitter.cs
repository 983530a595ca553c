using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>Emits products of quantized rows with packed weights of the block formats.</summary>
internal static class QuantizedMatMulEmitter
{
    /// <summary>The kernel of a product.</summary>
    public static Kernel Emit(WeightMatMul spec, InstructionSet set)
    {
        if (spec.Rows is not { } rows) throw new ArgumentException($"{spec} has no quantized rows", nameof(spec));
        var kernel = new QuantizedMatMulKernel(new KernelAssembler(set), WeightTable.Of(spec.Type), rows, spec.K, spec.N);
        return spec.RowClass switch
        {
            RowClass.One => kernel.Stream(mostRows: 1),
            RowClass.Few => kernel.Stream(mostRows: 12),
            _ => kernel.Panels(),
        };
    }
}
