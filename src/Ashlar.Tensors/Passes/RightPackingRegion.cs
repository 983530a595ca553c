using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Passes;

/// <summary>A right operand of products, packed in each run: what is bound may have changed since the last.</summary>
internal sealed class RightPackingRegion(ProductOperands operands, RightForm form, Value right, Value packed) : KernelRegion
{
    private readonly Dim _matrices = operands.SharesRight ? 1L : operands.Matrices;

    public override Dim Rows => _matrices * PlainWeights.Groups(operands.N);

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments => [new Slot.Address(right), new Slot.Address(packed)];

    public override Dim Operations => _matrices * (operands.K * operands.N);

    /// <summary>Double words that the packed matrices take.</summary>
    public static Dim Words(ProductOperands operands, RightForm form)
    {
        var type = form == RightForm.Pairs ? DType.BF16 : DType.F32;
        var words = PlainWeights.Bytes(type, operands.K, operands.N) / sizeof(float);
        return (operands.SharesRight ? 1L : operands.Matrices) * words;
    }

    public override KernelSpecification Specification(long rows) =>
        new RightPacking(form, operands.K, operands.N, operands.IsRightTransposed);
}
