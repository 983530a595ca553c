using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>The places of the largest elements of each row.</summary>
internal sealed class TopKRegion(Node node, Value rows, Value output) : KernelRegion
{
    private readonly RowDomain _domain = RowDomain.Of(node.Inputs[0].Shape)!.Value;

    public override Dim Rows => _domain.Count;

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments => [new Slot.Address(rows), new Slot.Address(output)];

    public override Dim Operations => Rows * (_domain.Width * ((TopK)node.Op).Count);

    public override KernelSpecification Specification(long count) => new TopKRows((int)_domain.Width, ((TopK)node.Op).Count);
}

/// <summary>Some elements of each row.</summary>
internal sealed class GatherColumnsRegion(Node node, Value table, Value indices, Value output) : KernelRegion
{
    public override Dim Rows => node.Shape[0];

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(table), new Slot.Address(indices), new Slot.Address(output)];

    public override Dim Operations => node.Shape.Elements;

    public override KernelSpecification Specification(long count) =>
        new GatherColumns((int)node.Inputs[0].Shape[1].Value, (int)node.Shape[1].Value);
}

/// <summary>Rows sorted by the expert that each goes to.</summary>
/// <param name="experts">How many experts there are.</param>
/// <param name="groups">The expert of each row.</param>
/// <param name="starts">Receives where each expert's rows begin.</param>
/// <param name="order">Receives the rows, sorted.</param>
internal sealed class ExpertOrderRegion(int experts, Value groups, Value starts, Value order) : KernelRegion
{
    public override Dim Rows => order.Node.Shape[0];

    public override Extent Range => new(1);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(groups), new Slot.Count(Rows), new Slot.Address(starts), new Slot.Address(order)];

    public override Dim Operations => Rows;

    public override KernelSpecification Specification(long count) => new ExpertOrder(experts);
}

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
