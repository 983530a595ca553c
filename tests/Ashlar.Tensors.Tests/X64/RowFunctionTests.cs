using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Reference;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>The functions of row programs: their greatest error over many numbers, and what they give for special ones.</summary>
public sealed class RowFunctionTests
{
    private const int Samples = 100_000;

    private static readonly float[] Special =
    [
        0, -0f, 1, -1, 0.5f, -0.5f, 2, -2, 3, -3, 4, 1e-45f, -1e-45f, 1.17549435e-38f, 1e-40f, 88.72283f, 88.72284f, -87.33655f,
        -103.97f, -103.98f, -104, 1e10f, -1e10f, 16777216, 16777217, float.MaxValue, float.MinValue, float.PositiveInfinity,
        float.NegativeInfinity, float.NaN,
    ];

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Functions_err_by_no_more_than_they_say(string name)
    {
        var set = InstructionSets.Require(name);
        var (many, random) = (new List<string>(), new Random(5));
        Measure(RowOperation.Exponential, Math.Exp, Even(-104, 89), 1.1);
        Measure(RowOperation.Exponential, Math.Exp, Even(-1, 1), 1.1);
        Measure(RowOperation.Logarithm, Math.Log, Even(0, 3), 1.1);
        Measure(RowOperation.Logarithm, Math.Log, Spread(1e-45, 3e38), 1.1);
        Measure(RowOperation.HyperbolicTangent, Math.Tanh, Even(-10, 10), 1.5);
        Measure(RowOperation.HyperbolicTangent, Math.Tanh, Spread(1e-40, 1), 1.5);
        Measure(RowOperation.ErrorFunction, ErrorFunction.Of, Even(-5, 5), 1.1);
        Measure(RowOperation.ErrorFunction, ErrorFunction.Of, Spread(1e-30, 1), 1.1);
        Measure(RowOperation.Sine, Math.Sin, Even(-10, 10), 1.5);
        Measure(RowOperation.Sine, Math.Sin, Even(-1e5, 1e5), 1.5);
        Measure(RowOperation.Sine, Math.Sin, Spread(1e-40, 1), 1.5);
        Measure(RowOperation.Cosine, Math.Cos, Even(-10, 10), 1.5);
        Measure(RowOperation.Cosine, Math.Cos, Even(-1e5, 1e5), 1.5);
        Assert.True(many.Count == 0, string.Join("; ", many));

        float[] Even(double from, double to) => Sampled(x => from + (to - from) * x);
        float[] Spread(double from, double to) => Sampled(x => Math.Exp(Math.Log(from) + (Math.Log(to) - Math.Log(from)) * x));
        float[] Sampled(Func<double, double> at) =>
            [.. Enumerable.Range(0, Samples).Select(i => (float)at((i + random.NextDouble()) / Samples))];

        void Measure(RowOperation operation, Func<double, double> exact, float[] x, double bound)
        {
            var y = RowProgramRun.Function(operation, set, x);
            var (worst, at) = (0.0, 0f);
            for (var i = 0; i < x.Length; i++)
            {
                var error = UlpsOff(y[i], exact(x[i]));
                if (!(error <= worst)) (worst, at) = (error, x[i]);
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{operation} {x[0]:G3}..{x[^1]:G3}: {worst:F3} at {at:R}");
            if (!(worst <= bound)) many.Add($"{operation} is {worst:F2} units off at {at:R}");
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Powers_err_by_no_more_than_they_say(string name)
    {
        var set = InstructionSets.Require(name);
        var random = new Random(6);
        foreach (var (greatest, bound) in ((double, double)[])[(1, 1.5), (10, 2.5), (87, 8)])
        {
            var (x, y) = (new float[Samples], new float[Samples]);
            for (var i = 0; i < Samples; i++)
            {
                // Results to e^greatest and its inverse.
                x[i] = (float)Math.Exp(random.NextDouble() * 20 - 10);
                y[i] = (float)((random.NextDouble() * 2 - 1) * greatest / Math.Log(x[i]));
            }

            var z = RowProgramRun.Function(RowOperation.Power, set, x, y);
            var worst = Enumerable.Range(0, Samples).MaxBy(i => UlpsOff(z[i], Math.Pow(x[i], y[i])));
            var error = UlpsOff(z[worst], Math.Pow(x[worst], y[worst]));
            TestContext.Current.TestOutputHelper?.WriteLine($"power to e^{greatest}: {error:F3}");
            Assert.True(error <= bound, $"{x[worst]:R} ^ {y[worst]:R} is {error:F2} units off");
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Special_numbers_give_what_the_standard_says(string name)
    {
        var set = InstructionSets.Require(name);
        Compare(RowOperation.Exponential, MathF.Exp);
        Compare(RowOperation.Logarithm, MathF.Log);
        Compare(RowOperation.HyperbolicTangent, MathF.Tanh);
        Compare(RowOperation.ErrorFunction, x => x == 0 ? x : (float)ErrorFunction.Of(x));
        Compare(RowOperation.Floor, MathF.Floor);
        Compare(RowOperation.SquareRoot, MathF.Sqrt);
        Compare(RowOperation.Reciprocal, x => 1 / x);
        Compare(RowOperation.Negate, x => -x);
        Compare(RowOperation.Absolute, MathF.Abs);
        foreach (var operation in (RowOperation[])[RowOperation.Sine, RowOperation.Cosine])
        {
            var y = RowProgramRun.Function(operation, set, Special);
            for (var i = 0; i < y.Length; i++)
            {
                var x = Special[i];
                if (!float.IsFinite(x)) Assert.True(float.IsNaN(y[i]), $"{operation} of {x}");
                else Assert.True(MathF.Abs(y[i]) <= 1, $"{operation} of {x} is {y[i]}");
                if (x == 0) Assert.True(Same(y[i], operation == RowOperation.Sine ? x : 1), $"{operation} of {x}");
            }
        }

        void Compare(RowOperation operation, Func<float, float> exact)
        {
            var y = RowProgramRun.Function(operation, set, Special);
            for (var i = 0; i < y.Length; i++)
            {
                var expected = exact(Special[i]);
                var isClose = Same(y[i], expected) || (float.IsFinite(expected) && expected != 0 && UlpsOff(y[i], expected) <= 2);
                Assert.True(isClose, $"{operation} of {Special[i]:R} is {y[i]:R}, not {expected:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Pairs_of_special_numbers_give_what_the_standard_says(string name)
    {
        var set = InstructionSets.Require(name);
        var x = Special.SelectMany(a => Special.Select(_ => a)).ToArray();
        var y = Special.SelectMany(_ => Special).ToArray();
        Compare(RowOperation.Power, MathF.Pow);
        Compare(RowOperation.Maximum, float.Max);
        Compare(RowOperation.Minimum, float.Min);
        Compare(RowOperation.Divide, (a, b) => a / b);
        Compare(RowOperation.Equal, (a, b) => a == b ? 1 : 0);
        Compare(RowOperation.Less, (a, b) => a < b ? 1 : 0);

        void Compare(RowOperation operation, Func<float, float, float> exact)
        {
            var z = RowProgramRun.Function(operation, set, x, y);
            for (var i = 0; i < z.Length; i++)
            {
                var expected = exact(x[i], y[i]);
                var isClose = Same(z[i], expected)
                    || (operation == RowOperation.Power && float.IsFinite(expected) && expected != 0
                        && UlpsOff(z[i], expected) <= 8);
                Assert.True(isClose, $"{operation} of {x[i]:R} and {y[i]:R} is {z[i]:R}, not {expected:R}");
            }
        }
    }

    private static bool Same(float x, float y) =>
        float.IsNaN(x) ? float.IsNaN(y) : BitConverter.SingleToInt32Bits(x) == BitConverter.SingleToInt32Bits(y);

    /// <summary>How far y is from the exact number, in units of the last place of that.</summary>
    private static double UlpsOff(float y, double exact)
    {
        // Halfway to what would be the next number, infinity begins.
        if (Math.Abs(exact) >= 3.4028235677973366e38) return float.IsInfinity(y) ? 0 : double.PositiveInfinity;
        var unit = Math.Max(Math.ScaleB(1, (exact == 0 ? -149 : Math.ILogB(exact)) - 23), float.Epsilon);
        return Math.Abs(y - exact) / unit;
    }
}
