using System.Numerics;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>The two halves of a low-rank product, row by row, summed in double precision.</summary>
internal static unsafe class LowRankKernel
{
    public static void Down(ReadOnlySpan<TensorData> inputs, TensorData output)
    {
        if (output.Type == DType.F32) Down<float>(inputs, output);
        else Down<double>(inputs, output);
    }

    public static void Up(ReadOnlySpan<TensorData> inputs, TensorData output)
    {
        if (output.Type == DType.F32) Up<float>(inputs, output);
        else Up<double>(inputs, output);
    }

    private static void Down<T>(ReadOnlySpan<TensorData> inputs, TensorData output) where T : unmanaged, IFloatingPoint<T>
    {
        var (rows, matrices, choices, ranks) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        var (width, rank) = (rows.Sizes[1], matrices.Sizes[1] * LowRankDown.Group);
        for (long row = 0; row < rows.Sizes[0]; row++)
        {
            var choice = RowIndex.Check(choices.As<int>()[row], matrices.Sizes[0], "matrix");
            var x = rows.As<T>() + row * width;
            var matrix = matrices.As<T>() + choice * rank * width;
            for (long i = 0; i < rank; i++)
            {
                double sum = 0;
                if (i < ranks.As<int>()[choice])
                {
                    var (group, place) = (i / LowRankDown.Group, i % LowRankDown.Group);
                    for (long k = 0; k < width; k++)
                    {
                        sum += double.CreateTruncating(x[k])
                            * double.CreateTruncating(matrix[(group * width + k) * LowRankDown.Group + place]);
                    }
                }

                output.As<T>()[row * rank + i] = T.CreateSaturating(sum);
            }
        }
    }

    private static void Up<T>(ReadOnlySpan<TensorData> inputs, TensorData output) where T : unmanaged, IFloatingPoint<T>
    {
        var (sums, rows, matrices, choices, ranks) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]);
        var (width, panels, rank) = (sums.Sizes[1], matrices.Sizes[1], matrices.Sizes[2]);
        for (long row = 0; row < sums.Sizes[0]; row++)
        {
            var choice = RowIndex.Check(choices.As<int>()[row], matrices.Sizes[0], "matrix");
            var counted = Math.Min(ranks.As<int>()[choice], rank);
            for (long column = 0; column < width; column++)
            {
                var (panel, place) = (column / LowRankUp.Columns, column % LowRankUp.Columns);
                var matrix = matrices.As<T>() + (choice * panels + panel) * rank * LowRankUp.Columns + place;
                var sum = double.CreateTruncating(sums.As<T>()[row * width + column]);
                for (long i = 0; i < counted; i++)
                {
                    sum += double.CreateTruncating(rows.As<T>()[row * rank + i])
                        * double.CreateTruncating(matrix[i * LowRankUp.Columns]);
                }

                output.As<T>()[row * width + column] = T.CreateSaturating(sum);
            }
        }
    }
}
