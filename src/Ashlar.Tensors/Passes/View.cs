using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Where the elements of a node lie that is computed by nobody: a reshape or a slice of another node's memory. They come in
/// chunks: <paramref name="Chunk"/> elements one behind the other, then <paramref name="Stride"/> elements after the first of a
/// chunk the next one.
/// </summary>
/// <param name="Root">The node whose memory it is.</param>
/// <param name="Offset">Elements before the first.</param>
/// <param name="Stride">Elements from chunk to chunk; 0 where all elements are one behind the other.</param>
/// <param name="Chunk">Elements of a chunk; 0 where all are one behind the other.</param>
internal readonly record struct View(Node Root, long Offset = 0, long Stride = 0, long Chunk = 0)
{
    /// <summary>Whether all elements lie one behind the other.</summary>
    public bool IsDense => Chunk == 0;

    /// <summary>Elements from row to row, seen as rows of this many; null where the rows are not evenly apart.</summary>
    public long? StrideOfRows(long width) => IsDense ? width : Chunk == width ? Stride : null;

    /// <summary>The view that a slice or reshape of a view is, or null where it is none.</summary>
    /// <param name="node">The slice or reshape.</param>
    /// <param name="input">The view of its input.</param>
    public static View? Through(Node node, View input) => node.Op switch
    {
        Reshape => input.IsDense || HasTrailing(node.Shape, input.Chunk) ? input : null,
        Slice slice when input.IsDense => Cut(slice, node.Inputs[0].Shape, input),
        _ => null,
    };

    private static View? Cut(Slice slice, Shape shape, View input)
    {
        var axis = Shape.AxisFromFront(slice.Axis, shape.Rank);
        // Whether the slice lies within its axis must be known now: nobody checks it later.
        if (!shape[axis].IsConstant || !slice.Length.IsConstant) return null;
        var inner = shape.Skip(axis + 1).Aggregate((Dim)1L, (product, dim) => product * dim);
        if (!inner.IsConstant) return null;
        var (offset, chunk) = (input.Offset + slice.Start * inner.Value, slice.Length.Value * inner.Value);
        if (chunk == 0) return null;
        return shape.Take(axis).All(dim => dim == 1L)
            ? input with { Offset = offset }
            : new View(input.Root, offset, shape[axis].Value * inner.Value, chunk);
    }

    private static bool HasTrailing(Shape shape, long elements)
    {
        long product = 1;
        for (var axis = shape.Rank - 1; axis >= 0 && product < elements; axis--)
        {
            if (!shape[axis].IsConstant) return false;
            product *= shape[axis].Value;
        }

        return product == elements;
    }
}
