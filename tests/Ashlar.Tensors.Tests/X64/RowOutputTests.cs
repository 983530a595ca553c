using System.Collections.Immutable;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Portable;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>The forms that row programs write, for given numbers: every bit.</summary>
public sealed class RowOutputTests
{
    private static readonly ImmutableArray<Bias> AllBiases = [new(32, 8), new(16, 32), new(32, 0), new(16, 0), new(32, 16)];

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Quantized_rows_are_exact_for_every_width_and_kind_of_number(string name)
    {
        var set = InstructionSets.Require(name);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var width = 32 * random.Next(1, 20);
            var rows = random.Next(1, 4);
            var quantized = new QuantizedRows(width, [.. AllBiases.Where(_ => random.Next(2) == 0)]);
            var program = Copy(width, new(0, RowForm.Q8, 0, quantized));
            float[][] inputs = [Numbers(random, rows * width)];
            var bytes = RowProgramRun.Run(program, set, inputs, rows, $"seed {seed}")[0];
            CheckRows(program, set, inputs[0], bytes, rows, $"{name}, seed {seed}");
            for (var row = 0; row < rows; row++)
            {
                var used = quantized.Biases.Length == 0
                    ? quantized.Scales + width / 8
                    : quantized.OffsetOf(quantized.Biases[^1]) + width / quantized.Biases[^1].Group * 4;
                var rest = bytes.AsSpan((int)(row * quantized.Stride + used), (int)(quantized.Stride - used));
                Assert.True(rest.IndexOfAnyExcept((byte)0xCD) < 0, $"wrote past a row: {name}, seed {seed}");
            }
        }
    }

    [Fact]
    public void Kernels_in_CSharp_quantize_like_emitted_ones_down_to_the_tiniest_numbers()
    {
        const int Width = 32 * 9, Rows = 3;
        var program = Copy(Width, new(0, RowForm.Q8, 0, new QuantizedRows(Width, AllBiases)));
        var kernel = PortableBackend.Make(program);
        for (var seed = 0; seed < 100; seed++)
        {
            float[][] inputs = [Numbers(new Random(seed), Rows * Width)];
            var bytes = RowProgramRun.Run(program, kernel, inputs, Rows, $"seed {seed}")[0];
            CheckRows(program, InstructionSet.Portable, inputs[0], bytes, Rows, $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void What_is_not_finite_shows_in_the_scale(string name)
    {
        var set = InstructionSets.Require(name);
        const int Width = 32 * 7;
        var program = Copy(Width, new(0, RowForm.Q8, 0, new QuantizedRows(Width, AllBiases)));
        foreach (var bad in (float[])[float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (var at = 0; at < Width; at++)
            {
                var x = Enumerable.Repeat(1f, Width).ToArray();
                x[at] = bad;
                var bytes = RowProgramRun.Run(program, set, [x], 1, "")[0];
                var scales = RowProgramRun.Floats(bytes, Width, Width / 32);
                for (var g = 0; g < scales.Length; g++)
                {
                    Assert.True(float.IsFinite(scales[g]) == (g != at / 32), $"{name}: {bad} at {at}, scale {g} is {scales[g]}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Rows_of_BF16_are_exact_and_end_in_zeros(string name)
    {
        var set = InstructionSets.Require(name);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var width = random.Next(1, 200);
            var x = new float[3 * width];
            // Any bits at all, and ties.
            for (var i = 0; i < x.Length; i++)
            {
                var bits = random.Next(3) == 0 ? random.Next(1 << 16) << 16 | 0x8000 : random.Next() ^ random.Next() << 1;
                x[i] = BitConverter.Int32BitsToSingle(bits);
            }

            var program = Copy(width, new(0, RowForm.BF16, 0));
            var bytes = RowProgramRun.Run(program, set, [x], 3, $"seed {seed}")[0];
            CheckRows(program, set, x, bytes, 3, $"{name}, seed {seed}");
        }
    }

    private static RowProgram Copy(int width, RowOutput output) =>
        new(width, [new(false, width)], [new(RowOperation.Input, 0)], [output]);

    private static void CheckRows(RowProgram program, InstructionSet set, float[] x, byte[] bytes, int rows, string because)
    {
        var width = program.Width;
        var stride = RowProgramRun.StrideOf(program, program.Outputs[0]);
        for (var row = 0; row < rows; row++)
        {
            RowOutputOracle.Check(
                program.Outputs[0], set, x[(row * width)..((row + 1) * width)], bytes.AsSpan((int)(row * stride)), width,
                $"row {row}, {because}");
        }
    }

    /// <summary>Groups of one kind each: even, of all sizes, ties, zeros, the tiniest, the greatest.</summary>
    private static float[] Numbers(Random random, int count)
    {
        var x = new float[count];
        for (var group = 0; group < count / 32; group++)
        {
            var kind = random.Next(7);
            for (var i = group * 32; i < group * 32 + 32; i++)
            {
                var even = (float)(random.NextDouble() * 2 - 1);
                x[i] = kind switch
                {
                    0 => even,
                    1 => even * MathF.Exp(random.Next(-20, 20)),
                    2 => i % 32 == 0 ? 127 : random.Next(-127, 127) + 0.5f,
                    3 => random.Next(2) == 0 ? 0 : -0f,
                    4 => even * 1e-43f,
                    5 => even * 1e-37f,
                    _ => even * float.MaxValue,
                };
            }
        }

        return x;
    }
}
