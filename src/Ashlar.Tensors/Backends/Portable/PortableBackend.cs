using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Kernels in C#, for processors that no emitter writes code for and systems that forbid code made at run time. They keep the
/// same contracts as emitted ones, to the layouts in memory, so that the same passes and the same executor serve both.
/// </summary>
internal static class PortableBackend
{
    /// <summary>The kernel of a specification.</summary>
    /// <exception cref="NotSupportedException">No kernel can be made of it.</exception>
    public static Kernel Make(KernelSpecification specification)
    {
        PortableKernel kernel = specification switch
        {
            RowProgram program => new RowProgramKernel(program),
            GatherRows { IsPacked: true } gather => new GatherPackedRowsKernel(gather),
            GatherRows gather => new GatherRowsKernel(gather),
            RotaryRows rotary => new RotaryRowsKernel(rotary),
            CacheStore store => new CacheStoreKernel(store),
            TopKRows top => new TopKRowsKernel(top),
            GatherColumns gather => new GatherColumnsKernel(gather),
            ExpertOrder order => new ExpertOrderKernel(order),
            WeightMatMul product => new WeightMatMulKernel(product),
            GroupedWeightMatMul product => new GroupedWeightMatMulKernel(product),
            PagedAttention attention => new PagedAttentionKernel(attention),
            LowRankDownRows product => new LowRankDownKernel(product),
            LowRankUpPanels product => new LowRankUpKernel(product),
            AxisReduction reduction => new AxisReductionKernel(reduction),
            ScatterAddRows scatter => new ScatterAddRowsKernel(scatter),
            JoinedParts join => new JoinedPartsKernel(join),
            FilledWords fill => new FilledWordsKernel(fill),
            MatrixProduct product => new MatrixProductKernel(product),
            RightPacking packing => new RightPackingKernel(packing),
            PairRows pairs => new PairRowsKernel(pairs),
            StridedCopy copy => new StridedCopyKernel(copy),
            _ => throw new NotSupportedException($"no kernel in C# computes '{specification}'"),
        };
        return kernel.ToKernel(specification);
    }
}
