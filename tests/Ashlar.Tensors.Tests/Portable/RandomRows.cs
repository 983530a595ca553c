using System.Collections.Immutable;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Backends.Kernels.RowOperation;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Random row programs whose results vary little with rounding, and memory for them.</summary>
internal static class RandomRows
{
    private const int Vectors = 3; // the first inputs; a number for each row follows

    private static readonly RowOperation[] Operations =
    [
        Negate, Absolute, Sine, Cosine, HyperbolicTangent, ErrorFunction, Add, Subtract, Multiply, Maximum, Minimum, Exponential,
        SquareRoot, Divide, Power, Select, SumOfRow, MaximumOfRow, Constant,
    ];

    public static ImmutableArray<RowStep> Steps(Random random, int count, int width)
    {
        var steps = new List<RowStep>();
        var known = Enumerable.Range(0, Vectors + 1).ToList();
        var vectors = Enumerable.Range(0, Vectors).ToList();
        int Put(RowStep step)
        {
            steps.Add(step);
            return steps.Count - 1;
        }

        // Numbers are kept near 1, where rounding is seen and nothing overflows: by the tanh of what may be large.
        int Small(int step) => Put(new RowStep(HyperbolicTangent, step));
        int AtLeastOne(int step) => Put(new RowStep(Add, Put(new RowStep(Absolute, step)), Put(new RowStep(Constant, Value: 1))));
        // What is compared is exact: inputs.
        int Comparison() => Put(new RowStep(random.Next(2) == 0 ? Less : Equal, random.Next(Vectors), random.Next(Vectors)));
        int AnyVector() => vectors[random.Next(vectors.Count)];
        for (var input = 0; input <= Vectors; input++) Put(new RowStep(Input, input));
        while (count-- > 0)
        {
            var (a, b) = (known[random.Next(known.Count)], known[random.Next(known.Count)]);
            var operation = Operations[random.Next(Operations.Length)];
            var result = operation switch
            {
                Constant => Put(new RowStep(Constant, Value: random.NextSingle() * 2 - 1)),
                Exponential => Put(new RowStep(Exponential, Small(a))),
                SquareRoot => Put(new RowStep(SquareRoot, AtLeastOne(a))),
                Divide => Put(new RowStep(Divide, a, AtLeastOne(b))),
                Power => Put(new RowStep(Power, AtLeastOne(Small(a)), Small(b))),
                Multiply => Put(new RowStep(Multiply, Small(a), b)),
                Select => Put(new RowStep(Select, Comparison(), a, b)),
                SumOfRow => Put(new RowStep(
                    Multiply, Put(new RowStep(SumOfRow, AnyVector())), Put(new RowStep(Constant, Value: 1f / width)))),
                MaximumOfRow => Put(new RowStep(MaximumOfRow, AnyVector())),
                _ => Put(new RowStep(operation, a, b)),
            };
            if (!IsNumber([.. steps], result)) vectors.Add(result);
            known.Add(result);
        }

        return [.. steps];
    }

    public static RowProgram Program(Random random, int width, ImmutableArray<RowStep> steps)
    {
        ImmutableArray<RowInput> inputs =
        [
            new(false, width), new(false, width + random.Next(5), Divisor: 2), new(false, random.Next(2) * width, 1, Modulus: 3),
            new(true, 1),
        ];
        var last = steps.Length - 1;
        var outputs = new List<RowOutput>();
        foreach (var step in new[] { last, random.Next(steps.Length), random.Next(steps.Length) })
        {
            if (IsNumber(steps, step)) outputs.Add(new RowOutput(step, RowForm.F32, 1));
            else if (width % 32 == 0) outputs.Add(new RowOutput(step, RowForm.Q8, 0, Layout(random, width)));
            else if (random.Next(3) == 0) outputs.Add(new RowOutput(step, RowForm.BF16, 0));
            else outputs.Add(new RowOutput(step, RowForm.F32, width + random.Next(3)));
        }

        return new RowProgram(width, inputs, steps, [.. outputs]);
    }

    public static bool IsNumber(ImmutableArray<RowStep> steps, int step) => steps[step] switch
    {
        { Operation: Constant or SumOfRow or MaximumOfRow } => true,
        { Operation: Input } what => what.A == Vectors,
        var what => new[] { what.A, what.B, what.C }.All(operand => operand < 0 || IsNumber(steps, operand)),
    };

    /// <summary>Memory of exactly the elements that the rows of the range read, and no more.</summary>
    public static TensorData Memory(Random random, RowInput input, int width, int rows)
    {
        var last = (rows - 1) / input.Divisor;
        if (input.Modulus > 0) last = Math.Min(last, input.Modulus - 1);
        return Guarded.Random(random, DType.F32, last * input.Stride + (input.IsScalar ? 1 : width));
    }

    /// <summary>Type and sizes of an output of so many rows.</summary>
    public static (DType Type, long[] Sizes) Room(RowProgram program, RowOutput output, int rows) => output.Form switch
    {
        RowForm.F32 => (DType.F32, [(rows - 1) * output.Stride + (IsNumber(program.Steps, output.Step) ? 1 : program.Width)]),
        RowForm.BF16 => (DType.BF16, [rows, BFloat16Rows.Stride(program.Width) / 2]),
        _ => (DType.I8, [rows, output.Quantized!.Stride]),
    };

    private static QuantizedRows Layout(Random random, int width) => random.Next(3) switch
    {
        0 => new QuantizedRows(width, []),
        1 => new QuantizedRows(width, [new Bias(32, 8)]),
        _ => new QuantizedRows(width, [new Bias(16, 0), new Bias(32, 0), new Bias(16, 32)]),
    };
}
