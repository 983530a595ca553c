using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// The regions of products whose right operand is no constant weight, and what is packed for them, once for equal ones.
/// </summary>
internal sealed class ComputedProducts(
    InstructionSet set, GraphValues values, ProductRows rows, Action<Region, Node, Value[]> place)
{
    // A right operand (k, n) that more blocks of rows read than this is packed first; others gather panels on the way.
    private const int MostBlocksUnpacked = 4;

    private readonly Dictionary<(Node Right, bool IsTransposed, RightForm Form, long K), Value> _packed = [];
    private readonly Dictionary<Node, Value> _pairs = [];

    /// <summary>Makes the regions of a product.</summary>
    /// <param name="node">What they compute.</param>
    /// <param name="operands">What of.</param>
    /// <param name="sum">What the product is added to, in the place of it; null to write the product alone.</param>
    public Region Begin(Node node, ProductOperands operands, Value? sum = null)
    {
        var isPaired = operands.IsRightRounded && set >= InstructionSet.Avx512Bf16;
        var left = !isPaired ? values.Of(operands.Left)
            : operands.IsLeftTransposed ? Pairs(operands)
            : rows.Of(operands.Left, RowForm.BF16);
        var isPacked = isPaired || operands.IsRightTransposed || operands.IsRightRounded
            || !operands.M.IsConstant || operands.M.Value > MostBlocksUnpacked * MatrixProduct.MostBlockRows;
        var right = isPacked ? Packed(operands, isPaired) : values.Of(operands.Right);
        var type = isPaired ? DType.BF16 : DType.F32;
        var region = new ProductRegion(operands, type, left, right, isPacked, sum ?? values.New(node), isAdded: sum is not null);
        if (sum is not null) region.Changes.Add(sum);
        place(region, node, sum is null ? [left, right] : [left, right, sum]);
        return region;
    }

    private Value Packed(ProductOperands operands, bool isPaired)
    {
        var form = isPaired ? RightForm.Pairs : operands.IsRightRounded ? RightForm.Rounded : RightForm.Singles;
        var key = (operands.Right, operands.IsRightTransposed, form, operands.K);
        if (_packed.TryGetValue(key, out var known)) return known;
        var right = values.Of(operands.Right);
        // What is packed belongs to no node of the graph.
        var packed = values.New(new Node(new Iota(RightPackingRegion.Words(operands, form)), []));
        place(new RightPackingRegion(operands, form, right, packed), packed.Node, [right]);
        return _packed[key] = packed;
    }

    private Value Pairs(ProductOperands operands)
    {
        if (_pairs.TryGetValue(operands.Left, out var known)) return known;
        var left = values.Of(operands.Left);
        var pairs = values.New(new Node(new Iota(operands.Matrices * operands.M * ((operands.K + 1) / 2)), []));
        place(new PairRowsRegion(operands, left, pairs), pairs.Node, [left]);
        return _pairs[operands.Left] = pairs;
    }
}
