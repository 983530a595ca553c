namespace Ashlar.Tensors.Passes;

/// <summary>The rows that an element-wise operation or a reduction works on: all axes but the last, and the last.</summary>
/// <param name="Count">How many rows there are.</param>
/// <param name="Width">Elements of a row, constant.</param>
internal readonly record struct RowDomain(Dim Count, long Width)
{
    /// <summary>The rows of a shape, or null where a row's width is known only at run time or does not fit a program.</summary>
    public static RowDomain? Of(Shape shape)
    {
        if (shape.Rank == 0) return new RowDomain(1, 1);
        if (!shape[^1].IsConstant || shape[^1].Value is < 1 or > int.MaxValue) return null;
        return new RowDomain(shape.SkipLast(1).Aggregate((Dim)1L, (product, dim) => product * dim), shape[^1].Value);
    }
}
