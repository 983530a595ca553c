using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Backends.X64.MatMul;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Matmuls whose rows name their matrices: to the bits of the matmul by that matrix alone.</summary>
public sealed unsafe class PlainGroupedMatMulTests
{
    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Every_row_is_as_if_alone_with_its_matrix(string name)
    {
        var set = InstructionSets.Require(name);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var shape = 0; shape < 200; shape++)
        {
            var type = new[] { DType.F32, DType.F16, DType.BF16 }[shape % 3];
            var (k, n) = (shape < 5 ? random.Next(512, 1200) : random.Next(1, 70), random.Next(1, 70));
            var m = shape == 7 ? 250 : random.Next(0, 60);
            Check(random, type, set, k, n, m, $"seed {seed}, shape {shape}: {type}, {m} x {k} x {n}");
        }
    }

    private static void Check(Random random, DType type, InstructionSet set, int k, int n, int m, string about)
    {
        const int Guard = 3;
        var (matrices, divisor) = (random.Next(1, 6), random.Next(1, 4));
        var groups = (int)PlainWeights.Groups(n);
        using var all = new PlainMatMulCase(random, type, set, k, matrices * groups * 16, (m + divisor - 1) / divisor);
        var order = Enumerable.Range(0, m).ToArray();
        random.Shuffle(order);
        var places = Enumerable.Range(0, matrices - 1).Select(_ => random.Next(m + 1)).Order().ToArray();
        int[] starts = [0, .. places, m];

        var stride = n + Guard;
        var output = new float[m * stride];
        output.AsSpan().Fill(float.NaN);
        var spec = new GroupedWeightMatMul(
            type, k, n, matrices, null, PlainWeights.RowsOf(type, set) == RowForm.F32 ? all.InputStride : 0, divisor);
        var kernel = PlainMatMulEmitter.EmitGrouped(spec, set);
        fixed (float* target = output)
        fixed (int* first = starts, rows = order)
        {
            long[] arguments =
                [(long)all.Packed, (long)all.Rows, (long)target, (long)first, (long)rows, stride * sizeof(float)];
            var cut = random.NextInt64(matrices * groups + 1);
            kernel.Invoke(arguments, 0, cut);
            kernel.Invoke(arguments, cut, matrices * groups);
        }

        var expected = all.Run(all.Emit(RowClass.Many), 0, all.M);
        for (var matrix = 0; matrix < matrices; matrix++)
        {
            for (var place = starts[matrix]; place < starts[matrix + 1]; place++)
            {
                var row = output.AsSpan(order[place] * stride, stride);
                var right = expected.AsSpan(order[place] / divisor * all.N + matrix * groups * 16, n);
                Assert.True(row[..n].SequenceEqual(right), $"{about}: row {order[place]} of matrix {matrix}");
                Assert.True(row[n..].IndexOfAnyExcept(float.NaN) < 0, $"{about}: wrote past row {order[place]}");
            }
        }
    }
}
