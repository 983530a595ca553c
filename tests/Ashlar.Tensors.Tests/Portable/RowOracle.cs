using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Backends.Kernels.RowOperation;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Row programs in double, one step after the other, and what kernels wrote, read back.</summary>
internal static class RowOracle
{
    /// <summary>(steps, elements of each) What one row gives.</summary>
    public static double[][] Of(RowProgram program, TensorData[] inputs, long row)
    {
        var results = new List<double[]>();
        foreach (var step in program.Steps)
        {
            double[] Map(Func<double, double, double, double> function) =>
            [
                .. Enumerable.Range(0, program.Width).Select(i => function(At(step.A, i), At(step.B, i), At(step.C, i))),
            ];
            double At(int operand, int i) =>
                operand < 0 ? 0 : results[operand] is { Length: 1 } number ? number[0] : results[operand][i];
            results.Add(step.Operation switch
            {
                Input => Read(program, program.Inputs[step.A], inputs[step.A], row),
                Constant => [step.Value],
                Negate => Map((a, _, _) => -a),
                Absolute => Map((a, _, _) => Math.Abs(a)),
                Exponential => Map((a, _, _) => Math.Exp(a)),
                SquareRoot => Map((a, _, _) => Math.Sqrt(a)),
                Sine => Map((a, _, _) => Math.Sin(a)),
                Cosine => Map((a, _, _) => Math.Cos(a)),
                HyperbolicTangent => Map((a, _, _) => Math.Tanh(a)),
                ErrorFunction => Map((a, _, _) => Backends.Reference.ErrorFunction.Of(a)),
                Add => Map((a, b, _) => a + b),
                Subtract => Map((a, b, _) => a - b),
                Multiply => Map((a, b, _) => a * b),
                Divide => Map((a, b, _) => a / b),
                Maximum => Map((a, b, _) => Math.Max(a, b)),
                Minimum => Map((a, b, _) => Math.Min(a, b)),
                Power => Map((a, b, _) => Math.Pow(a, b)),
                Equal => Map((a, b, _) => a == b ? 1 : 0),
                Less => Map((a, b, _) => a < b ? 1 : 0),
                Select => Map((a, b, c) => a != 0 ? b : c),
                SumOfRow => [Map((a, _, _) => a).Sum()],
                MaximumOfRow => [Map((a, _, _) => a).Max()],
                _ => throw new InvalidOperationException($"no oracle of {step.Operation}"),
            });
        }

        return [.. results];
    }

    /// <summary>The elements of one row of an output. Padding of BF16 must be zeros, and biases must fit the codes.</summary>
    public static double[] Read(RowProgram program, RowOutput output, TensorData data, long row)
    {
        var width = RandomRows.IsNumber(program.Steps, output.Step) ? 1 : program.Width;
        if (output.Form == RowForm.F32)
        {
            return [.. data.AsSpan<float>().Slice((int)(row * output.Stride), width).ToArray().Select(x => (double)x)];
        }

        if (output.Form == RowForm.BF16)
        {
            var all = Guarded.Doubles(data).AsSpan((int)(row * data.Sizes[1]), (width + 31) / 32 * 32);
            Assert.True(all[width..].IndexOfAnyExcept(0) < 0, "the padding is not zero");
            return all[..width].ToArray();
        }

        var layout = output.Quantized!;
        var bytes = data.AsSpan<byte>().Slice((int)(row * layout.Stride), (int)layout.Stride);
        var codes = MemoryMarshal.Cast<byte, sbyte>(bytes[..width]).ToArray();
        var scales = MemoryMarshal.Cast<byte, float>(bytes[(int)layout.Scales..])[..(width / 32)].ToArray();
        foreach (var bias in layout.Biases)
        {
            var numbers = bytes[(int)layout.OffsetOf(bias)..];
            for (var g = 0; g < width / bias.Group; g++)
            {
                var sum = codes.Skip(g * bias.Group).Take(bias.Group).Sum(code => code);
                if (bias.Zero != 0) Assert.Equal(-bias.Zero * sum, MemoryMarshal.Cast<byte, int>(numbers)[g]);
                else Assert.Equal(scales[g * bias.Group / 32] * sum, MemoryMarshal.Cast<byte, float>(numbers)[g]);
            }
        }

        return [.. codes.Select((code, i) => (double)code * scales[i / 32])];
    }

    /// <summary>Compares a row with what it should be, to a tolerance and what its form rounds away.</summary>
    public static void Compare(double[] expected, double[] actual, double tolerance, RowOutput output, string what)
    {
        for (var i = 0; i < actual.Length; i++)
        {
            var e = expected.Length == 1 ? expected[0] : expected[i];
            var rounding = output.Form switch
            {
                RowForm.F32 => 0,
                RowForm.BF16 => Math.Abs(e) / 256,
                _ => expected.Skip(i / 32 * 32).Take(32).Max(Math.Abs) / 127 * 0.501,
            };
            if (Math.Abs(e - actual[i]) <= tolerance + rounding) continue;
            Assert.Fail($"{what}: output of step {output.Step}, element {i} is {actual[i]:R}, not {e:R}");
        }
    }

    private static double[] Read(RowProgram program, RowInput input, TensorData data, long row)
    {
        var number = row / input.Divisor;
        if (input.Modulus > 0) number %= input.Modulus;
        var elements = data.AsSpan<float>().Slice((int)(number * input.Stride), input.IsScalar ? 1 : program.Width);
        return [.. elements.ToArray().Select(x => (double)x)];
    }
}
