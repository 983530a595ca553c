using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>The vector code of each operation of a row program.</summary>
internal static class StepCode
{
    public static Operand Write(VectorCode code, RowOperation operation, Operand a, Operand b, Operand c) => operation switch
    {
        RowOperation.Negate => code.Negate(a),
        RowOperation.Absolute => code.Absolute(a),
        RowOperation.Floor => code.Floor(a),
        RowOperation.Exponential => code.Exponential(a),
        RowOperation.Logarithm => code.Logarithm(a),
        RowOperation.SquareRoot => code.SquareRoot(a),
        RowOperation.Reciprocal => code.Divide(Operand.Of(1f), a),
        RowOperation.Sine => code.Sine(a),
        RowOperation.Cosine => code.Cosine(a),
        RowOperation.HyperbolicTangent => code.HyperbolicTangent(a),
        RowOperation.ErrorFunction => code.ErrorFunction(a),
        RowOperation.Add => code.Add(a, b),
        RowOperation.Subtract => code.Subtract(a, b),
        RowOperation.Multiply => code.Multiply(a, b),
        RowOperation.Divide => code.Divide(a, b),
        RowOperation.Maximum => code.Maximum(a, b),
        RowOperation.Minimum => code.Minimum(a, b),
        RowOperation.Power => code.Power(a, b),
        RowOperation.Equal => code.Choose(Comparison.Equal, a, b, Operand.Of(1f), Operand.Of(0f)),
        RowOperation.Less => code.Choose(Comparison.LessThan, a, b, Operand.Of(1f), Operand.Of(0f)),
        RowOperation.EqualInteger => code.Choose(Comparison.EqualInteger, a, b, Operand.Of(1f), Operand.Of(0f)),
        RowOperation.LessInteger => code.Choose(Comparison.LessThanInteger, a, b, Operand.Of(1f), Operand.Of(0f)),
        RowOperation.FromInteger => code.FromInteger(a),
        RowOperation.Select => code.Choose(Comparison.NotEqualOrUnordered, a, Operand.Of(0f), b, c),
        _ => throw new NotSupportedException($"no vector code for {operation}"),
    };
}
