namespace Ashlar.Tensors.Autodiff;

/// <summary>The reverse of broadcasting.</summary>
internal static class BroadcastSums
{
    extension(Tensor tensor)
    {
        /// <summary>
        /// Sums over the axes that a value of this shape was stretched along: what each of its elements was used for.
        /// Neighbouring axes are summed over at once.
        /// </summary>
        public Tensor SumTo(Shape shape)
        {
            if (tensor.Shape == shape) return tensor;
            var from = tensor.Shape;
            var added = from.Rank - shape.Rank;
            bool IsSummed(int axis) => from[axis] != 1L && (axis < added || shape[axis - added] == 1L);
            for (var end = from.Rank; end > 0; end--)
            {
                if (!IsSummed(end - 1)) continue;
                var start = end - 1;
                while (start > 0 && IsSummed(start - 1)) start--;
                tensor = tensor.SumRun(start, end);
                end = start + 1;
            }

            return tensor.Reshape(shape);
        }

        // Axes from start to end, summed to sizes of 1.
        private Tensor SumRun(int start, int end)
        {
            if (end - start == 1) return tensor.Sum(start);
            var shape = tensor.Shape;
            Dim run = 1;
            for (var axis = start; axis < end; axis++) run *= shape[axis];
            var kept = shape;
            for (var axis = start; axis < end; axis++) kept = kept.With(axis, 1);
            return tensor.Reshape([.. shape.Take(start), run, .. shape.Skip(end)]).Sum(start).Reshape(kept);
        }
    }
}
