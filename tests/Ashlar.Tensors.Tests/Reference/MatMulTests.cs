using Ashlar.Tensors.Operations;
using static Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Reference;

public class MatMulTests
{
    private static readonly (long M, long K, long N)[] Sizes =
        [(1, 1, 1), (1, 5, 3), (2, 16, 4), (3, 17, 5), (5, 31, 16), (4, 48, 17), (7, 33, 39), (1, 100, 50), (0, 4, 3), (3, 0, 4),
            (3, 4, 0)];

    public static TheoryData<DType, DType> Plain => new()
    {
        { DType.F32, DType.F32 }, { DType.F32, DType.F16 }, { DType.F32, DType.BF16 },
        { DType.F64, DType.F64 }, { DType.F64, DType.F16 }, { DType.F64, DType.BF16 },
    };

    [Theory]
    [MemberData(nameof(Plain))]
    public void Products_agree_with_the_plain_sum(DType left, DType right)
    {
        var random = Seeded(30);
        foreach (var (m, k, n) in Sizes)
        {
            foreach (var transposed in new[] { false, true })
            {
                var (x, w) = (Guarded.Random(random, left, m, k),
                    transposed ? Guarded.Random(random, right, n, k) : Guarded.Random(random, right, k, n));
                AssertClose(Product(x, w, 1, m, k, n, transposed, false), Run(new MatMul(transposed), x, w), Tolerance(left));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Plain))]
    public void Batched_products_take_each_its_matrix_or_all_the_same(DType left, DType right)
    {
        var random = Seeded(31);
        foreach (var (m, k, n) in new (long, long, long)[] { (1, 16, 4), (3, 17, 5), (2, 7, 21) })
        {
            foreach (var transposed in new[] { false, true })
            {
                long[] matrix = transposed ? [n, k] : [k, n];
                var x = Guarded.Random(random, left, 2, 3, m, k);
                var each = Guarded.Random(random, right, [2, 3, .. matrix]);
                AssertClose(
                    Product(x, each, 6, m, k, n, transposed, true), Run(new MatMul(transposed), x, each), Tolerance(left));
                var one = Guarded.Random(random, right, matrix);
                AssertClose(Product(x, one, 6, m, k, n, transposed, false), Run(new MatMul(transposed), x, one), Tolerance(left));
            }
        }
    }

    [Theory]
    [InlineData(DType.F32, DType.Q8_0)]
    [InlineData(DType.F32, DType.Q4_0)]
    [InlineData(DType.F32, DType.Q4_K)]
    [InlineData(DType.F32, DType.Q6_K)]
    [InlineData(DType.F64, DType.Q8_0)]
    [InlineData(DType.F64, DType.Q5_K)]
    public void Block_formats_multiply_as_what_they_decode_to(DType left, DType right)
    {
        var random = Seeded(32);
        foreach (var (m, k, n) in new (long, long, long)[] { (1, 256, 5), (3, 512, 18), (17, 256, 4) })
        {
            var (x, w) = (Guarded.Random(random, left, m, k), Guarded.Random(random, right, n, k));
            AssertClose(Product(x, w, 1, m, k, n, true, false), Run(new MatMul(true), x, w), Math.Sqrt(k) * Tolerance(left));
        }
    }

    [Theory]
    [InlineData(DType.F32, DType.F32)]
    [InlineData(DType.F32, DType.Q8_0)]
    [InlineData(DType.F32, DType.BF16)]
    [InlineData(DType.F64, DType.F64)]
    [InlineData(DType.F64, DType.F16)]
    public void Each_row_meets_the_matrix_of_its_group(DType left, DType right)
    {
        var random = Seeded(33);
        foreach (var (m, k, n, groups) in new (long, long, long, long)[] { (1, 32, 3, 1), (9, 64, 17, 4), (30, 32, 5, 7),
            (0, 32, 3, 2) })
        {
            var (x, w, g) = (Guarded.Random(random, left, m, k), Guarded.Random(random, right, groups, n, k),
                Guarded.Indices(random, groups, m));
            var (xs, ws, gs) = (Guarded.Doubles(x), Guarded.Doubles(w), Guarded.Doubles(g));
            var expected = new double[m * n];
            for (long i = 0; i < m; i++)
            {
                for (long j = 0; j < n; j++)
                {
                    for (long c = 0; c < k; c++) expected[i * n + j] += xs[i * k + c] * ws[((long)gs[i] * n + j) * k + c];
                }
            }

            var actual = Run(new GroupedMatMul(), x, w, g);
            AssertClose(expected, actual, Tolerance(left));
            foreach (var threads in new[] { 2, 5 }) AssertSameBits(actual, Run(new GroupedMatMul(), threads, x, w, g));
            for (long i = 0; i < m; i++)
            {
                var alone = Run(new GroupedMatMul(), Row(x, i), w, Row(g, i));
                AssertSameBits(Row(actual, i), alone);
            }
        }
    }

    [Fact]
    public void A_wrong_group_is_named()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Run(new GroupedMatMul(),
            Guarded.Random(Seeded(34), DType.F32, 2, 4), Guarded.Random(Seeded(35), DType.F32, 3, 5, 4),
            TensorData.From<int>([0, 3])));
        Assert.Contains("no group 3 among 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DType.F32, DType.F32, true)]
    [InlineData(DType.F32, DType.F32, false)]
    [InlineData(DType.F32, DType.F16, true)]
    [InlineData(DType.F32, DType.Q4_K, true)]
    [InlineData(DType.F64, DType.F64, true)]
    public void The_bits_depend_neither_on_threads_nor_on_other_rows(DType left, DType right, bool transposed)
    {
        var random = Seeded(36);
        var (m, k, n) = (13L, 512L, 131L);
        var (x, w) = (Guarded.Random(random, left, m, k),
            transposed ? Guarded.Random(random, right, n, k) : Guarded.Random(random, right, k, n));
        var expected = Run(new MatMul(transposed), x, w);
        foreach (var threads in new[] { 2, 5 }) AssertSameBits(expected, Run(new MatMul(transposed), threads, x, w));
        for (long i = 0; i < m; i++) AssertSameBits(Row(expected, i), Run(new MatMul(transposed), 2, Row(x, i), w));
    }

    [Fact]
    public void The_order_of_a_sum_is_sixteen_partial_sums_and_then_halves_onto_halves()
    {
        var random = Seeded(37);
        foreach (var k in new[] { 1, 15, 16, 17, 1023, 1024, 1025, 3000 })
        {
            var (x, w) = (Guarded.Random(random, DType.F32, 1, k), Guarded.Random(random, DType.F32, 5, k));
            var expected = new float[5];
            for (var column = 0; column < 5; column++)
            {
                var partial = new float[16];
                for (var i = 0; i < k; i++)
                {
                    var product = x.AsSpan<float>()[i] * w.AsSpan<float>()[column * k + i];
                    partial[i % 16] += product;
                }

                for (var half = 8; half > 0; half /= 2)
                {
                    for (var i = 0; i < half; i++) partial[i] += partial[i + half];
                }

                expected[column] = partial[0];
            }

            Assert.Equal(expected, Run(new MatMul(true), x, w).AsSpan<float>().ToArray());
        }
    }

    private static unsafe TensorData Row(TensorData data, long row)
    {
        var sizes = data.Sizes.ToArray();
        sizes[0] = 1;
        return TensorData.Wrap(data.Pointer + row * (data.Bytes / data.Sizes[0]), data, data.Type, sizes);
    }

    private static double[] Product(TensorData x, TensorData w, long batches, long m, long k, long n, bool transposed, bool each)
    {
        var (xs, ws) = (Guarded.Doubles(x), Guarded.Doubles(w));
        var result = new double[batches * m * n];
        for (long b = 0; b < batches; b++)
        {
            for (long i = 0; i < m; i++)
            {
                for (long j = 0; j < n; j++)
                {
                    for (long c = 0; c < k; c++)
                    {
                        var place = transposed ? j * k + c : c * n + j;
                        result[(b * m + i) * n + j] += xs[(b * m + i) * k + c] * ws[(each ? b * k * n : 0) + place];
                    }
                }
            }
        }

        return result;
    }
}
