using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>The memory that a compiled graph takes beside its inputs and states.</summary>
/// <param name="PackedBytes">Matrices of weights, as kernels read them.</param>
/// <param name="FileBytes">Other weights, which are read where they are.</param>
/// <param name="ValueBytes">Values and outputs of a run of the sizes that were given.</param>
public readonly record struct MemoryNeed(long PackedBytes, long FileBytes, long ValueBytes)
{
    /// <summary>All together.</summary>
    public long Bytes => PackedBytes + FileBytes + ValueBytes;

    internal static MemoryNeed Of(Plan plan, IReadOnlyDictionary<Symbol, long> symbols)
    {
        var matrices = plan.Regions.OfType<IWeighted>().Select(region => region.Matrix).DistinctBy(matrix => matrix.Data).ToArray();
        var packed = matrices.Select(matrix => matrix.Data).ToHashSet();
        var weights = plan.Values.Where(value => value.Storage == Storage.Fixed)
            .Select(value => Lowering.ConstantData(value.Node)!).Distinct();

        var inArena = plan.Values.Where(value => value.Storage == Storage.Arena).ToArray();
        var bytes = inArena.Select(value => value.Bytes.Evaluate(symbols)).ToArray();
        return new(
            matrices.Sum(PackedMatrices.Bytes),
            weights.Where(data => !packed.Contains(data)).Sum(data => data.Bytes),
            MemoryPlan.Place(inArena, bytes, new long[bytes.Length])
                + plan.Values.Where(value => value.Storage == Storage.Output).Sum(value => value.Bytes.Evaluate(symbols)));
    }
}
