using Ashlar.Tensors.Operations;
using static Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Reference;

public class ReductionTests
{
    private static readonly long[][] Shapes = [[1], [17], [0], [33, 5], [3, 16], [2, 19, 4], [4, 0, 3], [1, 1, 40], [2, 3, 5, 7]];

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Sums_and_maxima_agree_along_every_axis(DType type)
    {
        var random = Seeded(20);
        foreach (var sizes in Shapes)
        {
            for (var axis = -sizes.Length; axis < sizes.Length; axis++)
            {
                var at = axis < 0 ? axis + sizes.Length : axis;
                var input = Guarded.Random(random, type, sizes);
                var values = Guarded.Doubles(input);
                var to = sizes.ToArray();
                to[at] = 1;
                var (sums, maxima) = (new List<double>(), new List<double>());
                foreach (var index in Indices(to))
                {
                    var (sum, largest) = (0.0, double.NegativeInfinity);
                    for (index[at] = 0; index[at] < sizes[at]; index[at]++)
                    {
                        long flat = 0;
                        for (var i = 0; i < sizes.Length; i++) flat = flat * sizes[i] + index[i];
                        (sum, largest) = (sum + values[flat], Math.Max(largest, values[flat]));
                    }

                    sums.Add(sum);
                    maxima.Add(largest);
                }

                AssertClose([.. sums], Run(new Reduce(ReduceFunction.Sum, axis), input), Tolerance(type));
                AssertClose([.. maxima], Run(new Reduce(ReduceFunction.Maximum, axis), input), 0);
            }
        }
    }

    [Fact]
    public void A_long_sum_loses_little()
    {
        var input = Guarded.Of(DType.F32, [100_000], Enumerable.Repeat(0.1, 100_000).ToArray());
        AssertClose([100_000 * (double)0.1f], Run(new Reduce(ReduceFunction.Sum, 0), input), 1e-4);
    }

    [Fact]
    public void A_sum_has_the_same_bits_along_whichever_axis_it_lies()
    {
        var input = Guarded.Random(Seeded(21), DType.F32, 5, 77);
        var turned = Run(new Permute([1, 0]), input);
        AssertSameBits(
            Run(new Reduce(ReduceFunction.Sum, 1), input).View(5), Run(new Reduce(ReduceFunction.Sum, 0), turned).View(5));
    }

    [Fact]
    public void NaN_spreads_through_sums_and_maxima()
    {
        var input = Guarded.Of(DType.F32, [2, 3], 1, double.NaN, 2, 3, 4, 5);
        AssertClose([double.NaN, 12], Run(new Reduce(ReduceFunction.Sum, 1), input), 0);
        AssertClose([double.NaN, 5], Run(new Reduce(ReduceFunction.Maximum, 1), input), 0);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void The_largest_come_first_and_of_equal_ones_the_first(DType type)
    {
        var random = Seeded(22);
        foreach (var sizes in new long[][] { [1], [9], [4, 33], [2, 3, 50], [0, 5] })
        {
            foreach (var count in new[] { 1, 2, (int)sizes[^1] }.Where(count => count <= sizes[^1]))
            {
                // Few different values, so that there are many ties; some are NaN, some infinite.
                var values = new double[sizes.Aggregate(1L, (product, size) => product * size)];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = random.Next(10) switch
                    {
                        0 => double.NaN,
                        1 => double.NegativeInfinity,
                        2 => double.PositiveInfinity,
                        var x => x,
                    };
                }

                var expected = values.Chunk((int)sizes[^1]).SelectMany(row => Enumerable.Range(0, row.Length)
                    .OrderBy(i => double.IsNaN(row[i])).ThenByDescending(i => row[i]).ThenBy(i => i).Take(count)
                        .Select(i => (double)i)).ToArray();
                AssertClose(expected, Run(new TopK(count), Guarded.Of(type, sizes, values)), 0);
            }
        }
    }
}
