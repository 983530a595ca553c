using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>
/// What a row program gives, step by step, each rounded to F32. Functions of several steps are taken from kernels of one step,
/// which have tests of their own; so all else must agree to the bit.
/// </summary>
internal static class RowProgramOracle
{
    /// <summary>The result of every step for one row: a vector, or one number.</summary>
    public static float[][] Row(RowProgram program, InstructionSet set, float[][] inputs, long row)
    {
        var values = new float[program.Steps.Length][];
        for (var i = 0; i < values.Length; i++) values[i] = Step(program, set, inputs, row, values, program.Steps[i]);
        return values;
    }

    private static float[] Step(
        RowProgram program, InstructionSet set, float[][] inputs, long row, float[][] values, RowStep step)
    {
        switch (step.Operation)
        {
            case RowOperation.Input:
                var input = program.Inputs[step.A];
                var start = row / input.Divisor;
                if (input.Modulus > 0) start %= input.Modulus;
                var outer = input.OuterDivisor > 0 ? row / input.OuterDivisor * input.OuterStride : 0;
                return inputs[step.A].AsSpan((int)(start * input.Stride + outer), input.IsScalar ? 1 : program.Width).ToArray();
            case RowOperation.Constant: return [step.Value];
            case RowOperation.SumOfRow: return [Sum(program, values, step.A)];
            case RowOperation.MaximumOfRow:
                return [Stretched(values[step.A], program.Width).Aggregate(float.NegativeInfinity, float.Max)];
            default: break;
        }

        int[] numbers = [step.A, step.B, step.C];
        var operands = numbers.Where(number => number >= 0).Select(number => values[number]).ToArray();
        var length = operands.Max(operand => operand.Length);
        var stretched = operands.Select(operand => operand.Length == length ? operand : Stretched(operand, length)).ToArray();
        if (IsFunction(step.Operation))
        {
            if (step.Operation == RowOperation.Power && program.Steps[step.B] is { Operation: RowOperation.Constant, Value: 2 })
            {
                return [.. stretched[0].Select(x => x * x)];
            }

            return RowProgramRun.Function(step.Operation, set, stretched);
        }

        var result = new float[length];
        for (var i = 0; i < length; i++)
        {
            result[i] = Apply(step.Operation, stretched[0][i], stretched.ElementAtOrDefault(1)?[i] ?? 0,
                stretched.ElementAtOrDefault(2)?[i] ?? 0);
        }

        return result;
    }

    private static bool IsFunction(RowOperation operation) => operation is RowOperation.Exponential or RowOperation.Logarithm
        or RowOperation.Sine or RowOperation.Cosine or RowOperation.HyperbolicTangent or RowOperation.ErrorFunction
        or RowOperation.Power;

    private static float[] Stretched(float[] value, int length) =>
        value.Length == length ? value : [.. Enumerable.Repeat(value[0], length)];

    private static float Apply(RowOperation operation, float a, float b, float c) => operation switch
    {
        RowOperation.Negate => -a,
        RowOperation.Absolute => MathF.Abs(a),
        RowOperation.Floor => MathF.Floor(a),
        RowOperation.SquareRoot => MathF.Sqrt(a),
        RowOperation.Reciprocal => 1 / a,
        RowOperation.Add => a + b,
        RowOperation.Subtract => a - b,
        RowOperation.Multiply => a * b,
        RowOperation.Divide => a / b,
        RowOperation.Maximum => float.Max(a, b),
        RowOperation.Minimum => float.Min(a, b),
        RowOperation.FromInteger => BitConverter.SingleToInt32Bits(a),
        RowOperation.EqualInteger => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) ? 1 : 0,
        RowOperation.LessInteger => BitConverter.SingleToInt32Bits(a) < BitConverter.SingleToInt32Bits(b) ? 1 : 0,
        RowOperation.Equal => a == b ? 1 : 0,
        RowOperation.Less => a < b ? 1 : 0,
        RowOperation.Select => a != 0 ? b : c,
        _ => throw new ArgumentException(operation.ToString()),
    };

    /// <summary>
    /// 32 partial sums, halves onto halves. A product that nothing else needs is added without being rounded.
    /// </summary>
    private static float Sum(RowProgram program, float[][] values, int step)
    {
        var partial = new float[32];
        var summed = program.Steps[step];
        var uses = program.Outputs.Count(output => output.Step == step)
            + program.Steps.Where(user => user.Operation is not (RowOperation.Input or RowOperation.Constant))
                .Sum(user => (user.A == step ? 1 : 0) + (user.B == step ? 1 : 0) + (user.C == step ? 1 : 0));
        var isProduct = summed.Operation == RowOperation.Multiply && uses == 1 && values[step].Length == program.Width
            && (program.Width > 1 || IsVector(program, step));
        var x = Stretched(values[isProduct ? summed.A : step], program.Width);
        var y = isProduct ? Stretched(values[summed.B], program.Width) : x;
        for (var i = 0; i < program.Width; i++)
        {
            partial[i % 32] = isProduct ? MathF.FusedMultiplyAdd(x[i], y[i], partial[i % 32]) : partial[i % 32] + x[i];
        }

        for (var half = 16; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++) partial[i] += partial[i + half];
        }

        return partial[0];
    }

    /// <summary>Whether a step gives a vector, and not a number for a row.</summary>
    public static bool IsVector(RowProgram program, int number)
    {
        var step = program.Steps[number];
        return step.Operation switch
        {
            RowOperation.Input => !program.Inputs[step.A].IsScalar,
            RowOperation.Constant or RowOperation.SumOfRow or RowOperation.MaximumOfRow => false,
            _ => new[] { step.A, step.B, step.C }.Any(operand => operand >= 0 && IsVector(program, operand)),
        };
    }
}
