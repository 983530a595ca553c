using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>Pairs of BF16 of a left operand that lies transposed.</summary>
internal sealed class PairRowsRegion(ProductOperands operands, Value left, Value pairs) : KernelRegion
{
    public override Dim Rows => operands.Matrices * ((operands.K + 1) / 2);

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(left), new Slot.Address(pairs), new Slot.Count(operands.M)];

    public override Dim Operations => Rows * operands.M * 2;

    public override KernelSpecification Specification(long rows) => new PairRows(operands.K);
}
