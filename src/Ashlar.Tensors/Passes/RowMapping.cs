using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>How an operand that broadcasts is read by the rows of a result.</summary>
internal static class RowMapping
{
    /// <summary>Where each row of a result finds its row of an operand, or null where no row input says so.</summary>
    /// <param name="operand">The operand's shape, broadcast to the result's.</param>
    /// <param name="result">The result's shape.</param>
    /// <param name="view">Where the operand's elements lie.</param>
    public static RowInput? Of(Shape operand, Shape result, View view)
    {
        var rank = Math.Max(operand.Rank, 1);
        var last = operand.Rank == 0 ? (Dim)1L : operand[^1];
        var isScalar = last == 1L;
        if (!last.IsConstant || view.StrideOfRows(last.Value) is not { } stride) return null;

        // Leading axes, aligned from the last, must be: stretched ones, then the operand's own, then stretched ones.
        Dim divisor = 1, own = 1, before = 1;
        var part = 0;
        for (var i = 2; i <= Math.Max(result.Rank, 1); i++)
        {
            var size = result[^i];
            var mine = i <= rank ? operand[^i] : (Dim)1L;
            if (size == 1L) continue;
            if (mine == size)
            {
                if (part == 2) return null;
                part = 1;
                own *= size;
            }
            else if (part == 0)
            {
                divisor *= size;
            }
            else
            {
                part = 2;
                before *= size;
            }
        }

        if (own == 1L) return new RowInput(isScalar, 0);
        if (!divisor.IsConstant || (before != 1L && !own.IsConstant)) return null;
        return new RowInput(isScalar, stride, divisor.Value, before == 1L ? 0 : own.Value);
    }
}
