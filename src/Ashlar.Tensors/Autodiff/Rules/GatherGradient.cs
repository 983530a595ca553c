using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Rows that were chosen add up where they came from, and rows that were added up are chosen.</summary>
internal static class GatherGradient
{
    /// <summary>The gradient of the table; nothing for the indices.</summary>
    public static Contribution[] OfGather(Gather gather, Node node, Tensor upstream)
    {
        var (table, indices) = (node.Sources[0].Shape, new Tensor(node.Sources[1]));
        if (gather.Shared == 0) return [upstream.ScatterAdd(indices, table[0]), Contribution.None];

        // The tables of the shared axes become one, each behind the other.
        var rows = table[gather.Shared];
        if (!rows.IsConstant)
        {
            throw new NotSupportedException(
                $"{gather.Describe(node.Sources.AsSpan())}: its gradient needs tables of a constant number of rows");
        }

        var tables = Product(table.Take(gather.Shared));
        var perTable = Product(indices.Shape.Skip(gather.Shared));
        var places = indices.Reshape([tables, perTable]) + Tensor.Range(tables).Reshape([tables, 1])
            * Tensor.Scalar(rows.Value, DType.I32);
        Dim[] row = [.. table.Skip(gather.Shared + 1)];
        var sum = upstream.Reshape([tables, perTable, .. row]).ScatterAdd(places, tables * rows);
        return [sum.Reshape(table), Contribution.None];
    }

    /// <summary>The gradient of the rows; nothing for the indices.</summary>
    public static Contribution[] OfScatterAdd(Node node, Tensor upstream) =>
        [upstream.Gather(new Tensor(node.Sources[1])), Contribution.None];

    private static Dim Product(IEnumerable<Dim> sizes) => sizes.Aggregate((Dim)1L, (product, size) => product * size);
}
