using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Portable;
using Ashlar.Tensors.Backends.X64.Attention;
using Ashlar.Tensors.Backends.X64.MatMul;
using Ashlar.Tensors.Backends.X64.RowPrograms;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends;

/// <summary>Makes kernels: emitted ones where there is an emitter for the processor, else those in C#.</summary>
internal static class KernelSource
{
    /// <summary>The kernel of a specification for an instruction set; made once and kept as long as the cache has room.</summary>
    public static Kernel Get(KernelSpecification specification, InstructionSet set) =>
        CodeCache.Shared.GetOrAdd(set, specification.Key, () => Make(specification, set));

    private static Kernel Make(KernelSpecification specification, InstructionSet set)
    {
        if (set < InstructionSet.Avx2) return PortableBackend.Make(specification);
        return specification switch
        {
            RowProgram program => RowProgramEmitter.Emit(program, set),
            WeightMatMul matmul when PackedMatrices.IsPlain(matmul.Type) => PlainMatMulEmitter.Emit(matmul, set),
            WeightMatMul matmul => QuantizedMatMulEmitter.Emit(matmul, set),
            MatrixProduct product => PlainProductEmitter.Emit(product, set),
            GroupedWeightMatMul matmul when PackedMatrices.IsPlain(matmul.Type) => PlainMatMulEmitter.EmitGrouped(matmul, set),
            GroupedWeightMatMul matmul => QuantizedMatMulEmitter.EmitGrouped(matmul, set),
            PagedAttention attention => AttentionEmitter.Emit(attention, set),
            CacheStore { CacheType: not DType.Q8_0 } store => CacheStoreEmitter.Emit(store, set),
            RotaryRows rotary => RotaryEmitter.Emit(rotary, set),
            _ => PortableBackend.Make(specification), // what takes too little time to be emitted
        };
    }
}
