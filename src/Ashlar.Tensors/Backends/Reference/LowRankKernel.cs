using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>The two halves of a low-rank product, row by row, summed in double precision.</summary>
internal static unsafe class LowRankKernel
{
    public static void Down(ReadOnlySpan<TensorData> inputs, TensorData output)
    {
        var (rows, matrices, choices, ranks) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        var (width, rank) = (rows.Sizes[1], matrices.Sizes[1] * LowRankDown.Group);
        for (long row = 0; row < rows.Sizes[0]; row++)
        {
            var choice = RowIndex.Check(choices.As<int>()[row], matrices.Sizes[0], "matrix");
            var x = rows.As<float>() + row * width;
            var matrix = matrices.As<float>() + choice * rank * width;
            for (long i = 0; i < rank; i++)
            {
                double sum = 0;
                if (i < ranks.As<int>()[choice])
                {
                    var (group, place) = (i / LowRankDown.Group, i % LowRankDown.Group);
                    for (long k = 0; k < width; k++) sum += (double)x[k] * matrix[(group * width + k) * LowRankDown.Group + place];
                }

                output.As<float>()[row * rank + i] = (float)sum;
            }
        }
    }

    public static void Up(ReadOnlySpan<TensorData> inputs, TensorData output)
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
                var matrix = matrices.As<float>() + (choice * panels + panel) * rank * LowRankUp.Columns + place;
                double sum = sums.As<float>()[row * width + column];
                for (long i = 0; i < counted; i++) sum += (double)rows.As<float>()[row * rank + i] * matrix[i * LowRankUp.Columns];
                output.As<float>()[row * width + column] = (float)sum;
            }
        }
    }
}
