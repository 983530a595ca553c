using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>Rows times a matrix of weights.</summary>
internal sealed class MatMulRegion(WeightMatrix matrix, Value left, Value output) : KernelRegion, IWeighted
{
    /// <summary>Rows that are few enough to be taken at once, from weights unpacked in registers.</summary>
    public const int Few = 12;

    public override Dim Rows { get; } = output.Node.Shape.SkipLast(1).Aggregate((Dim)1L, (product, dim) => product * dim);

    public override Extent Range => new((matrix.N + WeightMatMul.Columns - 1) / WeightMatMul.Columns);

    public override IEnumerable<Slot> Arguments =>
    [
        new Slot.Weights(matrix), new Slot.Address(left), new Slot.Address(output), new Slot.Count(Rows),
        new Slot.Number(matrix.N * sizeof(float)),
    ];

    public override Dim Operations => Rows * (2 * matrix.K * matrix.N);

    public override long WeightBytes => PackedMatrices.Bytes(matrix);

    /// <summary>The weights.</summary>
    public WeightMatrix Matrix => matrix;

    public override KernelSpecification Specification(long rows) => new WeightMatMul(
        matrix.Type, matrix.K, matrix.N, left.Layout, rows == 1 ? RowClass.One : rows <= Few ? RowClass.Few : RowClass.Many,
        left.Form == RowForm.F32 ? matrix.K * sizeof(float) : 0);
}
