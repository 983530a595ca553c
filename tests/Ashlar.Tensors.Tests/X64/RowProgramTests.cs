using System.Collections.Immutable;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.X64.RowPrograms;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Row programs of every shape against their oracle, to the bit.</summary>
public sealed class RowProgramTests
{
    private const int Programs = 250;

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Random_programs_give_the_bits_of_their_steps(string name)
    {
        var set = InstructionSets.Require(name);
        for (var seed = 0; seed < Programs; seed++)
        {
            var random = new Random(seed);
            var program = NewProgram(random);
            var rows = program.Width > 500 ? 2 : random.Next(1, 6);
            Check(program, set, random, rows, $"seed {seed}: {program}");
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void More_values_and_addresses_than_registers_are_no_matter(string name)
    {
        var set = InstructionSets.Require(name);
        const int Inputs = 44;
        List<RowStep> steps = [.. Enumerable.Range(0, Inputs).Select(i => new RowStep(RowOperation.Input, i))];
        // Every pair from both ends, so that all stay alive; the sum of each of the first is needed too.
        for (var i = 0; i < Inputs / 2; i++) steps.Add(new(RowOperation.Multiply, i, Inputs - 1 - i));
        var sum = Inputs;
        for (var i = 1; i < Inputs / 2; i++)
        {
            steps.Add(new(RowOperation.Add, sum, Inputs + i));
            sum = steps.Count - 1;
        }

        for (var i = 0; i < 9; i++) steps.Add(new(RowOperation.SumOfRow, i));
        for (var i = 0; i < 9; i++)
        {
            steps.Add(new(RowOperation.Multiply, i == 0 ? sum : steps.Count - 1, steps.Count - 9 - i));
        }

        var random = new Random(1);
        foreach (var width in (int[])[1, 31, 32, 95, 160])
        {
            var outputs = Enumerable.Range(0, 10).Select(i => new RowOutput(steps.Count - 1 - 2 * i, RowForm.F32, width));
            var program = new RowProgram(
                width, [.. Enumerable.Range(0, Inputs).Select(_ => new RowInput(false, width))], [.. steps], [.. outputs]);
            Check(program, set, random, 3, $"width {width}");
        }
    }

    [Fact]
    public void Vectors_of_256_and_512_bits_give_the_same_bits()
    {
        Assert.SkipUnless(Processor.IsSupported(InstructionSet.Avx512), "the processor has no AVX-512");
        for (var seed = 0; seed < Programs; seed++)
        {
            var random = new Random(seed);
            var program = NewProgram(random);
            var inputs = NewInputs(program, random, 3);
            var narrow = RowProgramRun.Run(program, InstructionSet.Avx2, inputs, 3, $"seed {seed}");
            var wide = RowProgramRun.Run(program, InstructionSet.Avx512, inputs, 3, $"seed {seed}");
            foreach (var (output, i) in program.Outputs.Select((output, i) => (output, i)))
            {
                // Of two numbers that are none, either may pass; its payload then is another.
                if (output.Form != RowForm.F32) continue;
                var x = RowProgramRun.Floats(narrow[i], 0, narrow[i].Length / 4);
                var y = RowProgramRun.Floats(wide[i], 0, wide[i].Length / 4);
                for (var k = 0; k < x.Length; k++)
                {
                    var isSame = BitConverter.SingleToInt32Bits(x[k]) == BitConverter.SingleToInt32Bits(y[k])
                        || (float.IsNaN(x[k]) && float.IsNaN(y[k]));
                    Assert.True(isSame, $"element {k} is {x[k]:R} or {y[k]:R}: seed {seed}: {program}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void A_row_of_300_000_is_one_row(string name)
    {
        var set = InstructionSets.Require(name);
        const int Width = 300_000 - 13;
        ImmutableArray<RowStep> softmax = [
            new(RowOperation.Input, 0), new(RowOperation.MaximumOfRow, 0), new(RowOperation.Subtract, 0, 1),
            new(RowOperation.Exponential, 2), new(RowOperation.SumOfRow, 3), new(RowOperation.Divide, 3, 4)];
        var program = new RowProgram(Width, [new(false, Width)], softmax, [new(5, RowForm.F32, Width), new(1, RowForm.F32, 1)]);
        Check(program, set, new Random(3), 2, "softmax");
    }

    [Theory]
    [MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void An_output_may_lie_on_its_input(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var width in (int[])[7, 64, 333])
        {
            var program = new RowProgram(
                width, [new(false, width), new(false, 0)],
                [new(RowOperation.Input, 0), new(RowOperation.Input, 1), new(RowOperation.Multiply, 0, 0),
                    new(RowOperation.SumOfRow, 2),
                    new(RowOperation.Divide, 0, 3), new(RowOperation.Add, 4, 1)],
                [new(5, RowForm.F32, width)]);
            var random = new Random(width);
            float[][] inputs = [Numbers(random, 3 * width), Numbers(random, width)];
            var apart = RowProgramRun.Floats(RowProgramRun.Run(program, set, inputs, 3, "apart")[0], 0, 3 * width);
            unsafe
            {
                fixed (float* x = inputs[0], y = inputs[1])
                {
                    RowProgramEmitter.Emit(program, set).Invoke([(long)x, (long)y, (long)x], 0, 3);
                }
            }

            Assert.Equal(apart, inputs[0]);
        }
    }

    internal static void Check(RowProgram program, InstructionSet set, Random random, int rows, string because)
    {
        var inputs = NewInputs(program, random, rows);
        var kernel = RowProgramEmitter.Emit(program, set);
        var outputs = RowProgramRun.Run(program, kernel, inputs, rows, because);
        var inPieces = RowProgramRun.Run(program, kernel, inputs, rows, because, random.Next(rows + 1));
        foreach (var (output, piecewise) in outputs.Zip(inPieces))
        {
            Assert.True(output.AsSpan().SequenceEqual(piecewise), $"the cut shows: {because}");
        }

        for (var row = 0; row < rows; row++)
        {
            var values = RowProgramOracle.Row(program, set, inputs, row);
            for (var i = 0; i < outputs.Length; i++)
            {
                var output = program.Outputs[i];
                var bytes = outputs[i].AsSpan((int)(row * RowProgramRun.StrideOf(program, output)));
                RowOutputOracle.Check(
                    output, set, values[output.Step], bytes, program.Width, $"{name(set)}, output {i}, row {row}, {because}");
            }
        }

        static string name(InstructionSet set) => Processor.NameOf(set);
    }

    private static float[][] NewInputs(RowProgram program, Random random, int rows) => [.. program.Inputs.Select(input =>
    {
        var last = (rows - 1) / input.Divisor;
        if (input.Modulus > 0) last = Math.Min(last, input.Modulus - 1);
        var outer = input.OuterDivisor > 0 ? (rows - 1) / input.OuterDivisor * input.OuterStride : 0;
        return Numbers(random, (int)(last * input.Stride + outer) + (input.IsScalar ? 1 : program.Width));
    })];

    /// <summary>Numbers of several sizes; now and then a special one.</summary>
    private static float[] Numbers(Random random, int count)
    {
        float[] special = [0, -0f, 1, float.PositiveInfinity, float.NaN, 1e-41f, -1e30f];
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = random.Next(200) == 0 ? special[random.Next(special.Length)] : (float)(random.NextDouble() * 4 - 2);
        }

        return numbers;
    }

    /// <summary>A program of any shape.</summary>
    internal static RowProgram NewProgram(Random random)
    {
        int[] widths = [1, 2, 15, 16, 17, 31, 32, 33, 48, 64, 96, 127, 128, 256, 1000, 2048];
        var width = random.Next(3) == 0 ? random.Next(1, 300) : widths[random.Next(widths.Length)];
        var inputs = Enumerable.Range(0, random.Next(1, 5)).Select(i => new RowInput(
            i > 0 && random.Next(4) == 0, random.Next(3) switch { 0 => 0, 1 => width, _ => width + random.Next(20) },
            random.Next(3) == 0 ? random.Next(1, 4) : 1, random.Next(3) == 0 ? random.Next(1, 4) : 0,
            random.Next(5) == 0 ? random.Next(1, 4) : 0, random.Next(100))).ToImmutableArray();
        List<RowStep> steps = [.. inputs.Select((_, i) => new RowStep(RowOperation.Input, i))];
        var count = random.Next(1, 25);
        while (steps.Count < inputs.Length + count) steps.Add(NewStep(random, steps, width, inputs));

        var bare = new RowProgram(width, inputs, [.. steps], []);
        List<RowOutput> outputs = [];
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var step = i == 1 ? steps.Count - 1 : random.Next(steps.Count);
            var form = !RowProgramOracle.IsVector(bare, step) ? RowForm.F32
                : width % 32 == 0 ? (RowForm)random.Next(3) : (RowForm)random.Next(2);
            ImmutableArray<Bias> biases = [new(16, 0), new(32, 8), new(16, 32), new(32, 0)];
            var quantized = form == RowForm.Q8 ? new QuantizedRows(width, [.. biases.Where(_ => random.Next(2) == 0)]) : null;
            outputs.Add(new(step, form, width + (random.Next(2) * 5), quantized));
        }

        return new(width, inputs, [.. steps], [.. outputs]);
    }

    private static RowStep NewStep(Random random, List<RowStep> steps, int width, ImmutableArray<RowInput> inputs)
    {
        var operation = random.Next(5) == 0
            ? (RowOperation)random.Next((int)RowOperation.SumOfRow, (int)RowOperation.MaximumOfRow + 1)
            : (RowOperation)random.Next((int)RowOperation.Constant, (int)RowOperation.Select + 1);
        if (operation == RowOperation.Constant) return new(operation, Value: random.Next(-3, 4) * 0.5f);
        var (a, b, c) = (Recent(), Recent(), Recent());
        // Whole numbers are bits, of which computed ones may have several: those of what is not a number.
        if (operation is RowOperation.FromInteger or RowOperation.EqualInteger or RowOperation.LessInteger)
        {
            (a, b) = (random.Next(inputs.Length), random.Next(inputs.Length));
        }

        if (operation < RowOperation.Add || operation > RowOperation.Select) return new(operation, a);
        return operation == RowOperation.Select ? new(operation, a, b, c) : new(operation, a, b);

        int Recent() => random.Next(2) == 0 ? random.Next(steps.Count) : random.Next(Math.Max(0, steps.Count - 4), steps.Count);
    }
}
