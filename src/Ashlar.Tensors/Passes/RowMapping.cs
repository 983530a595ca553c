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

        // Leading axes, from the last on, in runs of the operand's own and of stretched ones.
        List<(Dim Below, Dim Size)> own = [];
        var (below, isOwn) = ((Dim)1L, false);
        for (var i = 2; i <= Math.Max(result.Rank, 1); i++)
        {
            var size = result[^i];
            if (size == 1L) continue;
            var isMine = i <= rank && operand[^i] == size;
            if (isMine && isOwn) own[^1] = own[^1] with { Size = own[^1].Size * size };
            else if (isMine) own.Add((below, size));
            isOwn = isMine;
            below *= size;
        }

        if (own.Count == 0) return new RowInput(isScalar, 0);
        if (own.Count > 2 || own.Any(run => !run.Below.IsConstant)) return null;
        // Behind the outermost of them, rows begin again only where there is one run.
        var isStretched = !isOwn && own[^1].Below * own[^1].Size != below;
        var (inner, outer) = (own[0], own[^1]);
        if (own.Count == 1)
        {
            if (isStretched && !inner.Size.IsConstant) return null;
            return new RowInput(isScalar, stride, inner.Below.Value, isStretched ? inner.Size.Value : 0);
        }

        if (isStretched || !inner.Size.IsConstant) return null;
        return new RowInput(
            isScalar, stride, inner.Below.Value, inner.Size.Value, outer.Below.Value, inner.Size.Value * stride);
    }
}
