using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Rows times small matrices of their own choice: four dot products at once, each of eight partial sums. It waits for memory, not
/// for arithmetic, where rows are few.
/// </summary>
internal sealed unsafe class LowRankDownKernel(LowRankDownRows product) : PortableKernel
{
    private const int Group = LowRankDownRows.Group;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var rows = (float*)arguments[0];
        var matrices = (float*)arguments[1];
        var choices = (int*)arguments[2];
        var ranks = (int*)arguments[3];
        var output = (float*)arguments[4];
        var groups = product.Rank / Group;
        for (var unit = from; unit < to; unit++)
        {
            var (row, first) = (unit / groups, (int)(unit % groups) * Group);
            var choice = choices[row];
            var count = Math.Clamp(Math.Min(ranks[choice], product.Rank) - first, 0, Group);
            var matrix = matrices + ((long)choice * product.Rank + first) * product.Width;
            var results = output + row * product.Rank + first;
            var x = rows + row * product.Width;
            if (count == Group) Four(x, matrix, results);
            else Some(x, matrix, results, count);
        }
    }

    private void Four(float* x, float* matrix, float* results)
    {
        var width = product.Width;
        var (a, b, c, d) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var second = matrix + width;
        var third = second + width;
        var fourth = third + width;
        var whole = width / Vector256<float>.Count * Vector256<float>.Count;
        for (long i = 0; i < whole; i += Vector256<float>.Count)
        {
            var element = Vector256.Load(x + i);
            a = Vector256.FusedMultiplyAdd(element, Vector256.Load(matrix + i), a);
            b = Vector256.FusedMultiplyAdd(element, Vector256.Load(second + i), b);
            c = Vector256.FusedMultiplyAdd(element, Vector256.Load(third + i), c);
            d = Vector256.FusedMultiplyAdd(element, Vector256.Load(fourth + i), d);
        }

        results[0] = Sum(a, x, matrix, whole);
        results[1] = Sum(b, x, second, whole);
        results[2] = Sum(c, x, third, whole);
        results[3] = Sum(d, x, fourth, whole);
    }

    private void Some(float* x, float* matrix, float* results, int count)
    {
        var whole = product.Width / Vector256<float>.Count * Vector256<float>.Count;
        for (var result = 0; result < Group; result++, matrix += product.Width)
        {
            results[result] = 0;
            if (result >= count) continue;
            var sum = Vector256<float>.Zero;
            for (long i = 0; i < whole; i += Vector256<float>.Count)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.Load(x + i), Vector256.Load(matrix + i), sum);
            }

            results[result] = Sum(sum, x, matrix, whole);
        }
    }

    // Halves onto halves, then what no vector holds.
    private float Sum(Vector256<float> partial, float* x, float* weights, long whole)
    {
        var four = partial.GetLower() + partial.GetUpper();
        var sum = four[0] + four[2] + (four[1] + four[3]);
        for (var i = whole; i < product.Width; i++) sum = MathF.FusedMultiplyAdd(x[i], weights[i], sum);
        return sum;
    }
}
