using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>Rows times the matrices of their experts.</summary>
internal sealed class GroupedMatMulRegion(
    WeightMatrix matrix, Value left, int rowDivisor, Value starts, Value order, Value output) : KernelRegion, IWeighted
{
    public override Dim Rows => output.Node.Shape[0];

    public override Extent Range => new(matrix.Matrices * ((matrix.N + WeightMatMul.Columns - 1) / WeightMatMul.Columns));

    public override IEnumerable<Slot> Arguments =>
    [
        new Slot.Weights(matrix), new Slot.Address(left), new Slot.Address(output), new Slot.Address(starts),
        new Slot.Address(order), new Slot.Number(matrix.N * sizeof(float)),
    ];

    public override Dim Operations => Rows * (2 * matrix.K * matrix.N);

    public override long WeightBytes => PackedMatrices.Bytes(matrix);

    public WeightMatrix Matrix => matrix;

    public override KernelSpecification Specification(long count) => new GroupedWeightMatMul(
        matrix.Type, matrix.K, matrix.N, matrix.Matrices, left.Layout,
        left.Form == RowForm.F32 ? matrix.K * sizeof(float) : 0, rowDivisor);
}
