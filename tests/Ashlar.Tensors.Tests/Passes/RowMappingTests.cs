using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>Which row of a broadcast operand each row of a result reads, against the arithmetic of indices.</summary>
public class RowMappingTests
{
    private static readonly Symbol N = new("n"), M = new("m");

    [Fact]
    public void Rows_of_an_operand_are_found_where_broadcasting_finds_them()
    {
        var (mapped, refused) = (0, 0);
        for (var seed = 0; seed < 4000; seed++)
        {
            var random = new Random(seed);
            var result = Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.Next(1, 4)).ToArray();
            var operand = result.Skip(random.Next(3) == 0 ? random.Next(result.Length) : 0)
                .Select(size => random.Next(2) == 0 ? 1 : size).ToArray();
            var root = Tensor.Input("x", DType.F32, [1000]).Node;
            var width = operand[^1];
            var view = random.Next(3) == 0 ? new View(root, 5, width + 3, width) : new View(root, random.Next(9));
            var input = RowMapping.Of(ShapeOf(operand), ShapeOf(result), view);
            if (input is null)
            {
                refused++;
                Assert.True(Blocks(operand, result) > 1,
                    $"seed {seed}: refuses ({string.Join(", ", operand)}) to ({string.Join(", ", result)})");
                continue;
            }

            mapped++;
            var rows = result.SkipLast(1).Aggregate(1, (product, size) => product * size);
            for (var row = 0; row < rows; row++)
            {
                var own = row / input.Divisor % (input.Modulus == 0 ? long.MaxValue : input.Modulus);
                if (input.OuterDivisor > 0) own += row / input.OuterDivisor * (input.OuterStride / input.Stride);
                var place = own * input.Stride;
                var expected = RowOf(operand, result, row) * (view.IsDense ? width : view.Stride);
                Assert.True(
                    place == expected && input.IsScalar == (width == 1),
                    $"seed {seed}: row {row} of ({string.Join(", ", result)}) reads ({string.Join(", ", operand)}) at "
                        + $"{place}, not {expected}");
            }
        }

        Assert.True(mapped > 1000 && refused > 20, $"{mapped} mapped, {refused} refused");
    }

    [Fact]
    public void Rows_whose_number_is_known_only_in_a_run_are_mapped_where_the_division_is_constant()
    {
        var root = Tensor.Input("x", DType.F32, [N, 8]).Node;
        Assert.Equal(new RowInput(false, 8), RowMapping.Of([N, 8], [N, 8], new View(root)));
        Assert.Equal(new RowInput(false, 0), RowMapping.Of([8], [N, 8], new View(root)));
        Assert.Equal(new RowInput(true, 1), RowMapping.Of([N, 1], [N, 8], new View(root)));
        Assert.Equal(new RowInput(false, 8, 4), RowMapping.Of([N, 1, 8], [N, 4, 8], new View(root)));
        Assert.Equal(new RowInput(false, 8, 1, 4), RowMapping.Of([4, 8], [N, 4, 8], new View(root)));
        Assert.Equal(new RowInput(false, 20), RowMapping.Of([N, 8], [N, 8], new View(root, 3, 20, 8)));
        Assert.Null(RowMapping.Of([N, 1, 8], [N, M, 8], new View(root))); // a divisor that a run gives
        Assert.Null(RowMapping.Of([M, 8], [N, M, 8], new View(root))); // a modulus that a run gives
        var stretchedBetween = new RowInput(false, 8, 1, 3, 6, 24);
        Assert.Equal(stretchedBetween, RowMapping.Of([4, 1, 3, 8], [4, 2, 3, 8], new View(root)));
        Assert.Null(RowMapping.Of([1, 4, 1, 3, 8], [5, 4, 2, 3, 8], new View(root))); // and outside
        Assert.Null(RowMapping.Of([4, N], [4, N], new View(root))); // a width that a run gives
        Assert.Null(RowMapping.Of([N, 8], [N, 8], new View(root, 0, 8, 4))); // rows of two chunks
    }

    [Fact]
    public void Rows_are_all_axes_but_the_last()
    {
        Assert.Equal(new RowDomain(1, 1), RowDomain.Of([]));
        Assert.Equal(new RowDomain(1, 7), RowDomain.Of([7]));
        Assert.Equal(new RowDomain((Dim)N * 3, 7), RowDomain.Of([N, 3, 7]));
        Assert.Equal(new RowDomain(0, 7), RowDomain.Of([0, 7]));
        Assert.Equal(new RowDomain(1, int.MaxValue), RowDomain.Of([int.MaxValue]));
        Assert.Null(RowDomain.Of([3, N]));
        Assert.Null(RowDomain.Of([3, 0]));
        Assert.Null(RowDomain.Of([int.MaxValue + 1L]));
    }

    // The operand's row, by the index of each axis.
    private static long RowOf(int[] operand, int[] result, int row)
    {
        var index = new int[result.Length - 1];
        for (var axis = index.Length - 1; axis >= 0; axis--)
        {
            index[axis] = row % result[axis];
            row /= result[axis];
        }

        long own = 0;
        var missing = result.Length - operand.Length;
        for (var axis = 0; axis < operand.Length - 1; axis++)
        {
            own = own * operand[axis] + (operand[axis] == 1 ? 0 : index[axis + missing]);
        }

        return own;
    }

    // How many runs of axes that are the operand's own there are, between stretched ones; axes of one element are neither.
    private static int Blocks(int[] operand, int[] result)
    {
        var missing = result.Length - operand.Length;
        var kinds = Enumerable.Range(0, result.Length - 1).Where(axis => result[axis] > 1)
            .Select(axis => axis >= missing && operand[axis - missing] == result[axis]).ToArray();
        return kinds.Where((isOwn, i) => isOwn && (i == 0 || !kinds[i - 1])).Count();
    }

    private static Shape ShapeOf(int[] sizes) => [.. sizes.Select(size => (Dim)size)];
}
