using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Rows of a table that is also the matrix of a product, such as an embedding that is tied to the output: they are read where the
/// matrix is packed, so that nothing needs the file any more.
/// </summary>
internal sealed class PackedGatherRegion(WeightMatrix matrix, Value indices, Value output) : KernelRegion, IWeighted
{
    public override Dim Rows { get; } = indices.Node.Shape.Elements;

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Weights(matrix), new Slot.Address(indices), new Slot.Address(output)];

    public override Dim Operations => Rows * matrix.K;

    /// <summary>The weights.</summary>
    public WeightMatrix Matrix => matrix;

    public override KernelSpecification Specification(long rows) => new GatherRows(matrix.Type, matrix.K, isPacked: true);
}
