using Ashlar.Tensors.Operations;
using static Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Reference;

public class ElementwiseTests
{
    private static readonly (long[] Left, long[] Right)[] Broadcasts =
    [
        ([], []), ([1], []), ([7], [7]), ([3, 5], [5]), ([3, 5], [3, 1]), ([3, 1], [1, 5]), ([2, 3, 4], [3, 4]),
        ([2, 3, 4], [2, 1, 4]), ([2, 1, 4], [3, 1]), ([2, 3, 4, 5], [3, 1, 5]), ([1, 1, 9], [9]), ([4, 1, 1], [1, 1, 6]),
        ([0], [1]), ([3, 0], [3, 0]), ([3, 0], [1]),
        ([2, 3, 33], [2, 3, 1]), ([5, 1, 7], [5, 6, 7]),
    ];

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    [InlineData(DType.I64)]
    public void Functions_of_two_numbers_agree_with_the_scalar_function_under_every_broadcast(DType type)
    {
        var random = Seeded(1);
        foreach (var function in Enum.GetValues<BinaryFunction>())
        {
            if (function == BinaryFunction.Power && type.IsInteger) continue;
            foreach (var (a, b) in Broadcasts)
            {
                foreach (var (left, right) in new[] { (a, b), (b, a) })
                {
                    var (x, y) = (Positive(Guarded.Random(random, type, left), function), Guarded.Random(random, type, right));
                    var sizes = Shape.TryBroadcast(Shape.Of(left), Shape.Of(right))!.Value.Evaluate(
                        new Dictionary<Symbol, long>());
                    var (xs, ys) = (Guarded.Doubles(x), Guarded.Doubles(y));
                    var expected = Indices(sizes)
                        .Select(index => Apply(function, type.IsInteger, xs[Flat(left, index)], ys[Flat(right, index)]))
                        .ToArray();
                    AssertClose(expected, Run(new Binary(function), x, y), Tolerance(type));
                }
            }
        }
    }

    // A power of a negative number is NaN, which proves little.
    private static TensorData Positive(TensorData data, BinaryFunction function) => function != BinaryFunction.Power
        ? data
        : Guarded.Of(data.Type, data.Sizes.ToArray(), [.. Guarded.Doubles(data).Select(Math.Abs)]);

    private static double Apply(BinaryFunction function, bool isWhole, double x, double y) => function switch
    {
        BinaryFunction.Add => x + y,
        BinaryFunction.Subtract => x - y,
        BinaryFunction.Multiply => x * y,
        BinaryFunction.Divide => isWhole ? Math.Truncate(x / y) : x / y,
        BinaryFunction.Maximum => Math.Max(x, y),
        BinaryFunction.Minimum => Math.Min(x, y),
        BinaryFunction.Power => Math.Pow(x, y),
        BinaryFunction.Equal => x == y ? 1 : 0,
        BinaryFunction.Less => x < y ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    [Fact]
    public void Maximum_and_minimum_are_NaN_where_either_is_and_comparisons_with_it_are_false()
    {
        var x = Guarded.Of(DType.F32, [4], double.NaN, 1, double.NaN, -0.0);
        var y = Guarded.Of(DType.F32, [4], 2, double.NaN, double.NaN, 0.0);
        AssertClose([double.NaN, double.NaN, double.NaN, 0], Run(new Binary(BinaryFunction.Maximum), x, y), 0);
        AssertClose([double.NaN, double.NaN, double.NaN, 0], Run(new Binary(BinaryFunction.Minimum), x, y), 0);
        AssertClose([0, 0, 0, 1], Run(new Binary(BinaryFunction.Equal), x, y), 0);
        AssertClose([0, 0, 0, 0], Run(new Binary(BinaryFunction.Less), x, y), 0);
    }

    [Theory]
    [InlineData(DType.I32)]
    [InlineData(DType.I64)]
    public void Whole_numbers_divided_by_zero_are_an_error(DType type) =>
        Assert.ThrowsAny<ArithmeticException>(
            () => Run(new Binary(BinaryFunction.Divide), Guarded.Of(type, [1], 3), Guarded.Of(type, [1], 0)));

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Functions_of_one_number_agree_with_the_library(DType type)
    {
        var random = Seeded(2);
        var functions = new Dictionary<UnaryFunction, Func<double, double>>
        {
            [UnaryFunction.Negate] = x => -x,
            [UnaryFunction.Absolute] = Math.Abs,
            [UnaryFunction.Floor] = Math.Floor,
            [UnaryFunction.Exponential] = Math.Exp,
            [UnaryFunction.Logarithm] = Math.Log,
            [UnaryFunction.SquareRoot] = Math.Sqrt,
            [UnaryFunction.Reciprocal] = x => 1 / x,
            [UnaryFunction.Sine] = Math.Sin,
            [UnaryFunction.Cosine] = Math.Cos,
            [UnaryFunction.HyperbolicTangent] = Math.Tanh,
            [UnaryFunction.ErrorFunction] = SlowErrorFunction,
        };
        Assert.Equal(Enum.GetValues<UnaryFunction>().Length, functions.Count);
        foreach (var (function, oracle) in functions)
        {
            foreach (long[] sizes in new long[][] { [], [1], [0], [3, 17], [2, 3, 5] })
            {
                var x = Guarded.Random(random, type, sizes);
                AssertClose([.. Guarded.Doubles(x).Select(oracle)], Run(new Unary(function), x), Tolerance(type));
            }

            var special = Guarded.Of(type, [5], double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0);
            AssertClose([.. Guarded.Doubles(special).Select(oracle)], Run(new Unary(function), special), Tolerance(type));
        }
    }

    [Theory]
    [InlineData(DType.I32)]
    [InlineData(DType.I64)]
    public void Whole_numbers_are_negated_and_made_positive(DType type)
    {
        var x = Guarded.Of(type, [3], -7, 0, 5);
        AssertClose([7, 0, -5], Run(new Unary(UnaryFunction.Negate), x), 0);
        AssertClose([7, 0, 5], Run(new Unary(UnaryFunction.Absolute), x), 0);
    }

    [Fact]
    public void The_error_function_is_right_to_the_last_digits()
    {
        // Values to 20 digits from the tables of Abramowitz & Stegun (7.1) and the Maclaurin series in exact arithmetic.
        AssertErrorFunction(0.5, 0.52049987781304653768);
        AssertErrorFunction(1, 0.84270079294971486934);
        AssertErrorFunction(2, 0.99532226501895273416);
        AssertErrorFunction(3, 0.99997790950300141456);
        AssertErrorFunction(1e-300, 1.1283791670955126e-300);
        for (var x = -7.0; x <= 7; x += 0.01) AssertErrorFunction(x, SlowErrorFunction(x));

        static void AssertErrorFunction(double x, double expected)
        {
            var actual = Guarded.Doubles(Run(new Unary(UnaryFunction.ErrorFunction), Guarded.Of(DType.F64, [1], x)))[0];
            Assert.True(Math.Abs(actual - expected) <= 2e-15 * Math.Abs(expected), $"erf({x:R}) is {actual:R}, not {expected:R}");
        }
    }

    // Simpson's rule on exp(-t^2), 4000 intervals: good to about 1e-15 up to 6, and unlike the backend's series.
    private static double SlowErrorFunction(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        const int Intervals = 4000;
        var (step, sum, lost) = (x / Intervals, 0.0, 0.0);
        for (var i = 0; i <= Intervals; i++)
        {
            var weight = i == 0 || i == Intervals ? 1 : i % 2 == 1 ? 4 : 2;
            var term = weight * Math.Exp(-(i * step) * (i * step)) - lost;
            (lost, sum) = (sum + term - sum - term, sum + term);
        }

        return 2 / Math.Sqrt(Math.PI) * sum * step / 3;
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    [InlineData(DType.I64)]
    public void Selection_takes_each_element_from_the_right_side(DType type)
    {
        var random = Seeded(3);
        foreach (var (c, x, y) in new (long[], long[], long[])[]
                 { ([], [], []), ([5], [5], [5]), ([3, 1], [1, 5], []), ([4], [3, 1], [2, 3, 4]), ([2, 3, 4], [4], [3, 4]),
                     ([0], [1], []) })
        {
            var (condition, then, otherwise) = (Guarded.Random(random, DType.Bool, c), Guarded.Random(random, type, x),
                Guarded.Random(random, type, y));
            var sizes = Shape.TryBroadcast(Shape.Of(c), Shape.TryBroadcast(Shape.Of(x), Shape.Of(y))!.Value)!.Value.Evaluate(
                new Dictionary<Symbol, long>());
            var (cs, xs, ys) = (Guarded.Doubles(condition), Guarded.Doubles(then), Guarded.Doubles(otherwise));
            var expected = Indices(sizes).Select(i => cs[Flat(c, i)] != 0 ? xs[Flat(x, i)] : ys[Flat(y, i)]).ToArray();
            AssertClose(expected, Run(new Select(), condition, then, otherwise), 0);
        }
    }

    [Fact]
    public void Any_byte_but_zero_is_true()
    {
        var condition = Guarded.Of(DType.Bool, [3], 0, 1, 1);
        condition.AsSpan<byte>()[2] = 0x82;
        AssertClose([2, 1, 1], Run(new Select(), condition, Guarded.Of(DType.F32, [], 1), Guarded.Of(DType.F32, [], 2)), 0);
        AssertClose([0, 1, 1], Run(new Cast(DType.I32), condition), 0);
        AssertClose([0, 1, 1], Run(new Cast(DType.F16), condition), 0);
    }

    [Theory]
    [InlineData(DType.F32, -1.5)]
    [InlineData(DType.F64, 0.1)]
    [InlineData(DType.I32, int.MinValue)]
    [InlineData(DType.I64, 1L << 40)]
    [InlineData(DType.Bool, 1)]
    public void A_constant_is_its_number(DType type, double value) =>
        Assert.Equal([type == DType.F32 ? (float)value : value], Guarded.Doubles(Run(new Constant(value, type))));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    public void A_range_counts_from_zero(int length) =>
        Assert.Equal(Enumerable.Range(0, length).Select(i => (double)i), Guarded.Doubles(Run(new Iota(length))));
}
