using System.Collections.Immutable;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Portable;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Row programs against the same steps in double.</summary>
public sealed class RowProgramTests
{
    [Fact]
    public void Random_programs_give_what_doubles_give()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var width = random.Next(5) switch { 0 => random.Next(1, 17), 1 => random.Next(500, 1100), _ => random.Next(1, 200) };
            var rows = random.Next(1, 8);
            var program = RandomRows.Program(random, width, RandomRows.Steps(random, random.Next(2, 20), width));
            var inputs = program.Inputs.Select(input => RandomRows.Memory(random, input, width, rows)).ToArray();
            var outputs = Run(
                random, program, rows, [.. program.Outputs.Select(output => RandomRows.Room(program, output, rows))],
                addresses => [.. inputs.Select(Address), .. addresses]);
            for (var row = 0; row < rows; row++)
            {
                var expected = RowOracle.Of(program, inputs, row);
                var size = expected.Max(step => step.Max(Math.Abs));
                for (var i = 0; i < outputs.Length; i++)
                {
                    var output = program.Outputs[i];
                    var elements = RowOracle.Read(program, output, outputs[i], row);
                    var tolerance = 3e-5 * Math.Max(1, size);
                    RowOracle.Compare(expected[output.Step], elements, tolerance, output, $"seed {seed}: {program}");
                }
            }
        }
    }

    [Fact]
    public void Functions_are_as_exact_as_they_say()
    {
        (RowOperation Operation, Func<double, double> Oracle, double From, double To, double Relative)[] functions =
        [
            (RowOperation.Exponential, Math.Exp, -87, 88, 2e-7),
            (RowOperation.Logarithm, Math.Log, 1e-6, 1e4, 2e-7),
            (RowOperation.Logarithm, Math.Log, 0.5, 2, 2e-7),
            (RowOperation.Logarithm, Math.Log, 1e-44, 1e-38, 2e-7),
            (RowOperation.SquareRoot, Math.Sqrt, 0, 1e6, 1.2e-7),
            (RowOperation.Reciprocal, x => 1 / x, 0.001, 1000, 1.2e-7),
            (RowOperation.Sine, Math.Sin, -30, 30, 2e-7),
            (RowOperation.Sine, Math.Sin, -9000, 9000, 2e-7),
            (RowOperation.Cosine, Math.Cos, -30, 30, 2e-7),
            (RowOperation.Cosine, Math.Cos, -9000, 9000, 2e-7),
            (RowOperation.HyperbolicTangent, Math.Tanh, -10, 10, 4e-7),
            (RowOperation.ErrorFunction, Backends.Reference.ErrorFunction.Of, -5, 5, 4e-7),
            (RowOperation.Floor, Math.Floor, -1e6, 1e6, 0),
        ];
        foreach (var (operation, oracle, from, to, relative) in functions)
        {
            const int Width = 20_003;
            var x = Enumerable.Range(0, Width).Select(i => (double)(float)(from + (to - from) * i / (Width - 1))).ToArray();
            var y = Unary(operation, x);
            for (var i = 0; i < Width; i++)
            {
                var expected = oracle(x[i]);
                // Near its zeros, what is lost is measured against the function's size.
                var size = operation is RowOperation.Sine or RowOperation.Cosine ? 1 : Math.Abs(expected);
                if (Math.Abs(y[i] - expected) <= relative * size + 1e-38) continue;
                Assert.Fail($"{operation} of {x[i]:R} is {y[i]:R}, not {expected:R}");
            }
        }
    }

    [Fact]
    public void What_is_not_a_number_or_not_finite_goes_through_the_functions()
    {
        double[] x = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, 1e-30, -1e-30, 1e-42];
        Assert.Equal([double.NaN, 1, -1, 0, 1e-30f, -1e-30f, 1e-42f], Unary(RowOperation.HyperbolicTangent, x));
        Assert.Equal([double.NaN, 1, -1, 0], Unary(RowOperation.ErrorFunction, x)[..4]);
        Assert.Equal([double.NaN, double.PositiveInfinity, 0, 1], Unary(RowOperation.Exponential, x)[..4]);
        double[] logarithms = [double.NaN, double.PositiveInfinity, double.NaN, double.NegativeInfinity];
        Assert.Equal(logarithms, Unary(RowOperation.Logarithm, x)[..4]);
        Assert.Equal([double.NaN, double.NaN, double.NaN, 0], Unary(RowOperation.Sine, x)[..4]);
        Assert.Equal([double.NaN, double.NaN, double.NaN, 1], Unary(RowOperation.Cosine, x)[..4]);
        Assert.Equal([double.NaN, 0, -0.0, double.PositiveInfinity], Unary(RowOperation.Reciprocal, x)[..4]);
    }

    [Fact]
    public void A_maximum_of_a_row_is_not_a_number_where_one_is_not()
    {
        for (var width = 1; width < 40; width++)
        {
            for (var place = 0; place < width; place++)
            {
                var x = Enumerable.Range(0, width).Select(i => i == place ? double.NaN : i).ToArray();
                Assert.Equal(double.NaN, Unary(RowOperation.MaximumOfRow, x)[0]);
                x[place] = 100;
                Assert.Equal(100, Unary(RowOperation.MaximumOfRow, x)[0]);
            }
        }
    }

    [Fact]
    public void A_sum_of_a_row_has_the_bits_of_the_reference()
    {
        var random = Kernel.Seeded(3);
        for (var width = 1; width < 1200; width += random.Next(1, 40))
        {
            var x = Guarded.Random(random, DType.F32, 1, width);
            var expected = Kernel.Run(new Operations.Reduce(Operations.ReduceFunction.Sum, 1), x);
            Assert.Equal(Guarded.Doubles(expected)[0], Unary(RowOperation.SumOfRow, Guarded.Doubles(x))[0]);
        }
    }

    [Fact]
    public void Small_groups_are_quantized_like_large_ones()
    {
        foreach (var size in new[] { 1e-36, 1e-31, 1, 1e30, 3e38 })
        {
            var layout = new QuantizedRows(32, []);
            var program = new RowProgram(
                32, [new RowInput(false, 32)], [new RowStep(RowOperation.Input, 0)], [new RowOutput(0, RowForm.Q8, 0, layout)]);
            var x = Guarded.Of(DType.F32, [1, 32], [.. Enumerable.Range(0, 32).Select(i => size * (i - 31) / 31)]);
            var y = Run(new Random(1), program, 1, [(DType.I8, [layout.Stride])], addresses => [Address(x), .. addresses])[0];
            Assert.Equal((-127, 0), (y.AsSpan<sbyte>()[0], y.AsSpan<sbyte>()[31]));
            var values = Guarded.Doubles(x);
            for (var i = 0; i < 32; i++) Assert.Equal(values[i] / -values[0] * 127, y.AsSpan<sbyte>()[i], 0.501);
        }
    }

    [Fact]
    public void Calls_allocate_nothing()
    {
        var random = new Random(5);
        var program = RandomRows.Program(random, 700, RandomRows.Steps(random, 20, 700));
        var inputs = program.Inputs.Select(input => RandomRows.Memory(random, input, 700, 5)).ToArray();
        var outputs = program.Outputs.Select(output => RandomRows.Room(program, output, 5))
            .Select(room => Guarded.Poisoned(room.Type, room.Sizes).Data).ToArray();
        Assert.Equal(0, Allocated(program, 5, [.. inputs.Select(Address), .. outputs.Select(Address)]));
        GC.KeepAlive((inputs, outputs));
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        ImmutableArray<RowStep> steps = [new RowStep(RowOperation.Input, 0)];
        var layout = new QuantizedRows(32, []);
        var odd = new RowProgram(33, [new RowInput(false, 33)], steps, [new RowOutput(0, RowForm.Q8, 0, layout)]);
        Assert.Throws<NotSupportedException>(() => PortableBackend.Make(odd));
        var number = new RowProgram(32, [new RowInput(true, 1)], steps, [new RowOutput(0, RowForm.BF16, 0)]);
        Assert.Throws<NotSupportedException>(() => PortableBackend.Make(number));
    }

    private static double[] Unary(RowOperation operation, double[] x)
    {
        var program = new RowProgram(
            x.Length, [new RowInput(false, x.Length)], [new RowStep(RowOperation.Input, 0), new RowStep(operation, 0)],
            [new RowOutput(1, RowForm.F32, x.Length)]);
        var input = Guarded.Of(DType.F32, [1, x.Length], x);
        var isNumber = operation is RowOperation.SumOfRow or RowOperation.MaximumOfRow;
        var output = Run(
            new Random(1), program, 1, [(DType.F32, [isNumber ? 1 : x.Length])], addresses => [Address(input), .. addresses])[0];
        GC.KeepAlive(input);
        return Guarded.Doubles(output);
    }
}
