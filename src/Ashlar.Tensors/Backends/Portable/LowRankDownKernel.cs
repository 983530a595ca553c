using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Rows times small matrices of their own choice, eight results at once: a matrix is one stream of memory, which few rows wait for.
/// Rows of one choice that lie together read it together, four at a time.
/// </summary>
internal sealed unsafe class LowRankDownKernel(LowRankDownRows product) : PortableKernel
{
    private const int Group = Operations.LowRankDown.Group, RowsAtOnce = 4;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var rows = (float*)arguments[0];
        var matrices = (float*)arguments[1];
        var choices = (int*)arguments[2];
        var ranks = (int*)arguments[3];
        var count = arguments[4];
        var output = (float*)arguments[5];
        var groups = product.Rank / Group;
        for (var unit = from; unit < to;)
        {
            var (group, row) = (unit / count, unit % count);
            var choice = choices[row];
            var (x, results) = ((nint)(rows + row * product.Width), (nint)(output + row * product.Rank + group * Group));
            var matrix = matrices + (choice * groups + group) * product.Width * Group;
            var counted = Math.Clamp(ranks[choice] - group * Group, 0, Group);
            var isFour = counted == Group && Math.Min(to - unit, count - row) >= RowsAtOnce
                && choices[row + 1] == choice && choices[row + 2] == choice && choices[row + 3] == choice;
            if (isFour) MultiplyFour((float*)x, matrix, (float*)results);
            else if (counted > 0) Multiply((float*)x, matrix, (float*)results);
            if (counted < Group) new Span<float>((float*)results + counted, (int)(Group - counted)).Clear();
            unit += isFour ? RowsAtOnce : 1;
        }
    }

    // A result is the sum of two: of the elements at even places, and of those at odd ones.
    private void Multiply(float* x, float* matrix, float* results)
    {
        var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        long k = 0;
        for (; k + 1 < product.Width; k += 2, matrix += 2 * Group)
        {
            even = Vector256.FusedMultiplyAdd(Vector256.Create(x[k]), Vector256.Load(matrix), even);
            odd = Vector256.FusedMultiplyAdd(Vector256.Create(x[k + 1]), Vector256.Load(matrix + Group), odd);
        }

        if (k < product.Width) even = Vector256.FusedMultiplyAdd(Vector256.Create(x[k]), Vector256.Load(matrix), even);
        (even + odd).Store(results);
    }

    private void MultiplyFour(float* x, float* matrix, float* results)
    {
        var (a, b, c, d) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var (e, f, g, h) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var width = product.Width;
        long k = 0;
        for (; k + 1 < width; k += 2, x += 2, matrix += 2 * Group)
        {
            var (even, odd) = (Vector256.Load(matrix), Vector256.Load(matrix + Group));
            a = Vector256.FusedMultiplyAdd(Vector256.Create(x[0]), even, a);
            b = Vector256.FusedMultiplyAdd(Vector256.Create(x[1]), odd, b);
            c = Vector256.FusedMultiplyAdd(Vector256.Create(x[width]), even, c);
            d = Vector256.FusedMultiplyAdd(Vector256.Create(x[width + 1]), odd, d);
            e = Vector256.FusedMultiplyAdd(Vector256.Create(x[2 * width]), even, e);
            f = Vector256.FusedMultiplyAdd(Vector256.Create(x[2 * width + 1]), odd, f);
            g = Vector256.FusedMultiplyAdd(Vector256.Create(x[3 * width]), even, g);
            h = Vector256.FusedMultiplyAdd(Vector256.Create(x[3 * width + 1]), odd, h);
        }

        if (k < width)
        {
            var even = Vector256.Load(matrix);
            a = Vector256.FusedMultiplyAdd(Vector256.Create(x[0]), even, a);
            c = Vector256.FusedMultiplyAdd(Vector256.Create(x[width]), even, c);
            e = Vector256.FusedMultiplyAdd(Vector256.Create(x[2 * width]), even, e);
            g = Vector256.FusedMultiplyAdd(Vector256.Create(x[3 * width]), even, g);
        }

        (a + b).Store(results);
        (c + d).Store(results + product.Rank);
        (e + f).Store(results + 2 * product.Rank);
        (g + h).Store(results + 3 * product.Rank);
    }
}
