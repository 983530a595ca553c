using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Rows times small matrices of their own choice, eight results at once: a matrix is one stream of memory, which few rows wait for.
/// </summary>
internal sealed unsafe class LowRankDownKernel(LowRankDownRows product) : PortableKernel
{
    private const int Group = Operations.LowRankDown.Group, Unrolled = 4;

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
            var (row, group) = (unit / groups, unit % groups);
            var choice = choices[row];
            var results = output + row * product.Rank + group * Group;
            var count = Math.Clamp(ranks[choice] - group * Group, 0, Group);
            if (count > 0) Multiply(rows + row * product.Width, matrices + (choice * groups + group) * product.Width * Group, results);
            new Span<float>(results + count, (int)(Group - count)).Clear();
        }
    }

    // Four partial sums, of every fourth element each.
    private void Multiply(float* x, float* matrix, float* results)
    {
        var (a, b, c, d) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        long k = 0;
        for (; k <= product.Width - Unrolled; k += Unrolled, matrix += Unrolled * Group)
        {
            a = Vector256.FusedMultiplyAdd(Vector256.Create(x[k]), Vector256.Load(matrix), a);
            b = Vector256.FusedMultiplyAdd(Vector256.Create(x[k + 1]), Vector256.Load(matrix + Group), b);
            c = Vector256.FusedMultiplyAdd(Vector256.Create(x[k + 2]), Vector256.Load(matrix + 2 * Group), c);
            d = Vector256.FusedMultiplyAdd(Vector256.Create(x[k + 3]), Vector256.Load(matrix + 3 * Group), d);
        }

        for (; k < product.Width; k++, matrix += Group)
        {
            a = Vector256.FusedMultiplyAdd(Vector256.Create(x[k]), Vector256.Load(matrix), a);
        }

        (a + b + (c + d)).Store(results);
    }
}
