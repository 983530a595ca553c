using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Sums plus small rows times matrices of their own choice, sixteen columns at once.</summary>
internal sealed unsafe class LowRankUpKernel(LowRankUpPanels product) : PortableKernel
{
    private const int Columns = Operations.LowRankUp.Columns, Half = Columns / 2;

    private readonly long _panels = (product.Width + Columns - 1) / Columns;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var sums = (float*)arguments[0];
        var rows = (float*)arguments[1];
        var matrices = (float*)arguments[2];
        var choices = (int*)arguments[3];
        var ranks = (int*)arguments[4];
        var count = arguments[5];
        var output = (float*)arguments[6];
        var padded = stackalloc float[Columns];
        for (var panel = from; panel < to; panel++)
        {
            var columns = (int)Math.Min(Columns, product.Width - panel * Columns);
            for (long row = 0; row < count; row++)
            {
                var place = row * product.Width + panel * Columns;
                var choice = choices[row];
                var rank = Math.Min(ranks[choice], product.Rank);
                var matrix = matrices + ((long)choice * _panels + panel) * product.Rank * Columns;
                var x = rows + row * product.Rank;
                if (columns == Columns)
                {
                    Add(sums + place, x, matrix, rank, output + place);
                    continue;
                }

                new ReadOnlySpan<float>(sums + place, columns).CopyTo(new Span<float>(padded, columns));
                Add(padded, x, matrix, rank, padded);
                new ReadOnlySpan<float>(padded, columns).CopyTo(new Span<float>(output + place, columns));
            }
        }
    }

    private static void Add(float* sums, float* x, float* matrix, int rank, float* results)
    {
        var (low, high) = (Vector256.Load(sums), Vector256.Load(sums + Half));
        for (var i = 0; i < rank; i++, matrix += Columns)
        {
            var element = Vector256.Create(x[i]);
            low = Vector256.FusedMultiplyAdd(element, Vector256.Load(matrix), low);
            high = Vector256.FusedMultiplyAdd(element, Vector256.Load(matrix + Half), high);
        }

        low.Store(results);
        high.Store(results + Half);
    }
}
