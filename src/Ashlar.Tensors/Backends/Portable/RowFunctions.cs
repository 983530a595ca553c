using System.Numerics;
using Ashlar.Tensors.Backends.Kernels;
using static Ashlar.Tensors.Backends.Kernels.RowOperation;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// The element-wise operations of row programs, on runs of a multiple of <see cref="RowPlan.Lanes"/> elements. Each operand has a
/// step from element to element: 1 for a vector; 0 for a number for the whole row, which lies there once for every lane.
/// </summary>
internal static unsafe class RowFunctions
{
    private interface IFunction
    {
        static abstract Vector<float> Of(Vector<float> x, Vector<float> y);
    }

    /// <summary>Computes a step that is neither an input, nor a constant, nor a reduction.</summary>
    /// <param name="operation">What to compute.</param>
    /// <param name="result">Receives the elements; may be one of the operands.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second, if the operation has one.</param>
    /// <param name="c">The third, if the operation has one.</param>
    /// <param name="count">How many elements.</param>
    public static void Compute(RowOperation operation, float* result, RowOperand a, RowOperand b, RowOperand c, int count)
    {
        switch (operation)
        {
            case Negate: Loop<NegateOf>(result, a, a, count); break;
            case Absolute: Loop<AbsoluteOf>(result, a, a, count); break;
            case Floor: Loop<FloorOf>(result, a, a, count); break;
            case Exponential: Loop<ExponentialOf>(result, a, a, count); break;
            case Logarithm: Loop<LogarithmOf>(result, a, a, count); break;
            case SquareRoot: Loop<SquareRootOf>(result, a, a, count); break;
            case Reciprocal: Loop<ReciprocalOf>(result, a, a, count); break;
            case Sine: Loop<SineOf>(result, a, a, count); break;
            case Cosine: Loop<CosineOf>(result, a, a, count); break;
            case HyperbolicTangent: Loop<TanhOf>(result, a, a, count); break;
            case ErrorFunction: Loop<ErfOf>(result, a, a, count); break;
            case Add: Loop<SumOf>(result, a, b, count); break;
            case Subtract: Loop<DifferenceOf>(result, a, b, count); break;
            case Multiply: Loop<ProductOf>(result, a, b, count); break;
            case Divide: Loop<QuotientOf>(result, a, b, count); break;
            case Maximum: Loop<MaximumOf>(result, a, b, count); break;
            case Minimum: Loop<MinimumOf>(result, a, b, count); break;
            case Equal: Loop<EqualOf>(result, a, b, count); break;
            case Less: Loop<LessOf>(result, a, b, count); break;
            case EqualInteger: Loop<EqualIntegerOf>(result, a, b, count); break;
            case LessInteger: Loop<LessIntegerOf>(result, a, b, count); break;
            case FromInteger: Loop<WholeNumberOf>(result, a, a, count); break;
            case Power: Raise(result, a, b, count); break;
            case Select: Choose(result, a, b, c, count); break;
        }
    }

    private static void Loop<TFunction>(float* result, RowOperand a, RowOperand b, int count) where TFunction : IFunction
    {
        for (var i = 0; i < count; i += Vector<float>.Count)
        {
            Vector.Store(TFunction.Of(Vector.Load(a.Address + i * a.Step), Vector.Load(b.Address + i * b.Step)), result + i);
        }
    }

    private static void Choose(float* result, RowOperand condition, RowOperand then, RowOperand otherwise, int count)
    {
        for (var i = 0; i < count; i += Vector<float>.Count)
        {
            var isZero = Vector.Equals(Vector.Load(condition.Address + i * condition.Step), Vector<float>.Zero);
            var chosen = Vector.ConditionalSelect(
                isZero, Vector.Load(otherwise.Address + i * otherwise.Step), Vector.Load(then.Address + i * then.Step));
            Vector.Store(chosen, result + i);
        }
    }

    private static void Raise(float* result, RowOperand a, RowOperand b, int count)
    {
        for (var i = 0; i < count; i++) result[i] = MathF.Pow(a.Address[i * a.Step], b.Address[i * b.Step]);
    }

    private readonly struct NegateOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => -x;
    }

    private readonly struct AbsoluteOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.Abs(x);
    }

    private readonly struct FloorOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.Floor(x);
    }

    private readonly struct ExponentialOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Transcendental.Exp(x);
    }

    private readonly struct LogarithmOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Transcendental.Log(x);
    }

    private readonly struct SquareRootOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.SquareRoot(x);
    }

    private readonly struct ReciprocalOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector<float>.One / x;
    }

    private readonly struct SineOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Trigonometry.Sin(x);
    }

    private readonly struct CosineOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Trigonometry.Cos(x);
    }

    private readonly struct TanhOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Transcendental.Tanh(x);
    }

    private readonly struct ErfOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Transcendental.Erf(x);
    }

    private readonly struct SumOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => x + y;
    }

    private readonly struct DifferenceOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => x - y;
    }

    private readonly struct ProductOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => x * y;
    }

    private readonly struct QuotientOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => x / y;
    }

    private readonly struct MaximumOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.Max(x, y);
    }

    private readonly struct MinimumOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.Min(x, y);
    }

    private readonly struct EqualOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) =>
            Vector.ConditionalSelect(Vector.Equals(x, y), Vector<float>.One, Vector<float>.Zero);
    }

    private readonly struct EqualIntegerOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.ConditionalSelect(
            Vector.Equals(Vector.AsVectorInt32(x), Vector.AsVectorInt32(y)), Vector<float>.One, Vector<float>.Zero);
    }

    private readonly struct LessIntegerOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.ConditionalSelect(
            Vector.LessThan(Vector.AsVectorInt32(x), Vector.AsVectorInt32(y)), Vector<float>.One, Vector<float>.Zero);
    }

    private readonly struct WholeNumberOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.ConvertToSingle(Vector.AsVectorInt32(x));
    }

    private readonly struct LessOf : IFunction
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y) =>
            Vector.ConditionalSelect(Vector.LessThan(x, y), Vector<float>.One, Vector<float>.Zero);
    }
}

/// <summary>Where the elements of an operand lie.</summary>
/// <param name="address">The first.</param>
/// <param name="step">How many elements it is from one to the next: 1, or 0 for a number that stands for the whole row.</param>
internal readonly unsafe struct RowOperand(float* address, int step)
{
    public float* Address => address;

    public int Step => step;
}
