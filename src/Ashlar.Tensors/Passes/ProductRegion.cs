using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Passes;

/// <summary>Products of matrices that a run computes.</summary>
/// <param name="operands">What they read.</param>
/// <param name="type">F32, or BF16 where pairs are multiplied.</param>
/// <param name="left">The left operand, in the form that the type asks for.</param>
/// <param name="right">The right operand.</param>
/// <param name="isRightPacked">Whether it is packed.</param>
/// <param name="output">The products.</param>
/// <param name="isAdded">Whether they are added to what the output holds.</param>
internal sealed class ProductRegion(
    ProductOperands operands, DType type, Value left, Value right, bool isRightPacked, Value output, bool isAdded)
    : KernelRegion
{
    // Items that are enough to keep threads busy to the end.
    private const long Items = 48;

    // Fewer groups of columns in a part, and copying the rows counts.
    private const long LeastGroups = 12;

    private const int SomeTileRows = 12, NoBlockRows = 1 << 30;

    private MatrixProduct? _specification;

    public override Dim Rows => operands.M;

    public override Extent Range => new(operands.Matrices * (Blocks * Product.Parts));

    public override IEnumerable<Slot> Arguments =>
    [
        new Slot.Address(right), new Slot.Address(left), new Slot.Address(output), new Slot.Count(operands.M),
        new Slot.Count(LeftBytes), new Slot.Number(RightBytes), new Slot.Count(operands.M * (operands.N * sizeof(float))),
        new Slot.Count(operands.M * sizeof(float)),
    ];

    public override Dim Operations => operands.Matrices * operands.M * (2 * operands.K * operands.N);

    public override int TasksPerThread => 64;

    private MatrixProduct Product => _specification ??= Cut();

    // Of a number of rows that only a run knows, all are one block.
    private long Blocks => operands.M.IsConstant ? (operands.M.Value + Product.BlockRows - 1) / Product.BlockRows : 1;

    private Dim LeftBytes => type == DType.F32 ? operands.M * (operands.K * sizeof(float))
        : operands.IsLeftTransposed ? operands.M * ((operands.K + 1) / 2 * sizeof(float))
        : operands.M * BFloat16Rows.Stride(operands.K);

    private long RightBytes => operands.SharesRight ? 0
        : isRightPacked ? PlainWeights.Bytes(type, operands.K, operands.N)
        : operands.K * operands.N * sizeof(float);

    public override KernelSpecification Specification(long rows) => Product;

    private MatrixProduct Cut()
    {
        var groups = PlainWeights.Groups(operands.N);
        var (blocks, blockRows) = (1L, (long)NoBlockRows);
        if (operands.M is { IsConstant: true, Value: > 0 and var m })
        {
            blocks = (m + MatrixProduct.MostBlockRows - 1) / MatrixProduct.MostBlockRows;
            blockRows = ((m + blocks - 1) / blocks + SomeTileRows - 1) / SomeTileRows * SomeTileRows;
            blocks = (m + blockRows - 1) / blockRows;
        }

        var items = blocks * (operands.Matrices.IsConstant ? operands.Matrices.Value : 1);
        var parts = Math.Clamp((Items + items - 1) / Math.Max(items, 1), 1, Math.Max(1, groups / LeastGroups));
        var partGroups = ((groups + parts - 1) / parts + 1) / 2 * 2; // tiles take two
        return new MatrixProduct(
            type, operands.K, operands.N, operands.IsLeftTransposed, isRightPacked, (int)blockRows, (int)partGroups, isAdded);
    }
}
