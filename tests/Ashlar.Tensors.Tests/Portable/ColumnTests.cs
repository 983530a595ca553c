using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Sums of columns and into tables, and what is joined, filled and turned: gradients beside products.</summary>
public sealed class ColumnTests
{
    [Fact]
    public void Columns_are_summed_and_their_largest_found()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var (outer, length) = (random.Next(1, 4), random.Next(4) == 0 ? random.Next(100, 500) : random.Next(0, 20));
            var (inner, isSum) = (random.Next(1, 200), random.Next(2) == 0);
            var input = Guarded.Random(random, DType.F32, outer, length, inner);
            var spec = new AxisReduction(isSum, inner);
            var actual = Run(
                random, spec, outer * spec.Chunks, [(DType.F32, [outer, inner])],
                outputs => [Address(input), outputs[0], length])[0];
            var (x, y) = (Guarded.Doubles(input), Guarded.Doubles(actual));
            for (var at = 0; at < y.Length; at++)
            {
                var first = at / inner * length * inner + at % inner;
                var column = Enumerable.Range(0, length).Select(i => x[first + i * inner]).ToArray();
                var expected = isSum ? column.Sum() : column.DefaultIfEmpty(double.NegativeInfinity).Max();
                var tolerance = isSum ? 1e-6 * column.Sum(Math.Abs) : 0;
                Assert.True(y[at].Equals(expected) || Math.Abs(y[at] - expected) <= tolerance,
                    $"seed {seed}, {spec}: column {at} gives {y[at]}, not {expected}");
            }
        }
    }

    [Fact]
    public void Equal_indices_add_up_in_their_order()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var (count, rows, width) = (random.Next(0, 60), random.Next(1, 20), random.Next(1, 70));
            var (input, indices) = (Guarded.Random(random, DType.F32, count, width), Guarded.Indices(random, rows, count));
            var actual = Run(
                random, new ScatterAddRows(width), rows, [(DType.F32, [rows, width])],
                outputs => [Address(input), Address(indices), outputs[0], count])[0];
            var expected = new float[rows * width];
            var (x, index) = (input.AsSpan<float>().ToArray(), indices.AsSpan<int>().ToArray());
            for (var i = 0; i < x.Length; i++) expected[(index[i / width] * width) + i % width] += x[i];
            Assert.True(actual.AsSpan<float>().SequenceEqual(expected), $"seed {seed}");
        }
    }

    [Fact]
    public void Parts_are_joined_row_by_row()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var (rows, type) = (random.Next(1, 9), random.Next(2) == 0 ? DType.F32 : DType.F16);
            var widths = Enumerable.Range(0, random.Next(1, JoinedParts.MostParts + 1)).Select(_ => random.Next(0, 9)).ToArray();
            if (widths.Sum() == 0) continue;
            var parts = widths.Select(width => Guarded.Random(random, type, rows, width)).ToArray();
            var actual = Run(
                random, new JoinedParts(parts.Length, type.BlockBytes), rows * widths.Sum(), [(type, [rows, widths.Sum()])],
                outputs => [outputs[0], .. parts.SelectMany((part, i) => new[] { Address(part), widths[i] })])[0];
            var expected = Enumerable.Range(0, rows).SelectMany(row => parts.SelectMany((part, i) =>
                Guarded.Doubles(part).Skip(row * widths[i]).Take(widths[i])));
            Assert.True(Guarded.Doubles(actual).SequenceEqual(expected), $"seed {seed}");
        }
    }

    [Fact]
    public void One_number_fills_memory()
    {
        var fill = new FilledWords(BitConverter.SingleToInt32Bits(1.5f));
        var actual = Run(new Random(1), fill, 37, [(DType.F32, [37])], outputs => outputs)[0];
        Assert.All(actual.AsSpan<float>().ToArray(), static number => Assert.Equal(1.5f, number));
    }

    [Fact]
    public void Matrices_are_turned_in_blocks_and_at_their_edges()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            // (outer, rows, between, columns) to (outer, columns, between, rows), or without what is between.
            long[] sizes = [random.Next(1, 4), random.Next(1, 60), random.Next(1, 3), random.Next(1, 60)];
            var (outer, rows, between, columns) = (sizes[0], sizes[1], sizes[2], sizes[3]);
            var source = Guarded.Random(random, DType.F32, sizes);
            var actual = Run(
                random, new StridedCopy(4, 4), outer, [(DType.F32, [outer, columns, between, rows])],
                outputs =>
                [
                    Address(source), outputs[0], outer, rows * between * columns, columns * between * rows, columns, 1,
                    between * rows, between, columns, rows, rows, between * columns, 1,
                ])[0];
            var (x, y) = (source.AsSpan<float>().ToArray(), actual.AsSpan<float>().ToArray());
            for (var at = 0L; at < y.Length; at++)
            {
                var (row, middle, rest) = (at % rows, at / rows % between, at / rows / between);
                var from = ((rest / columns * rows + row) * between + middle) * columns + rest % columns;
                Assert.True(y[at] == x[from], $"seed {seed}: element {at}");
            }
        }
    }
}
