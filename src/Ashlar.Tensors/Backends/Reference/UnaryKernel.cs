using System.Numerics;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>A function of each element.</summary>
internal static class UnaryKernel
{
    public static void Run(UnaryFunction function, TensorData input, TensorData output)
    {
        switch (input.Type)
        {
            case DType.F32: Float<float>(function, input.AsSpan<float>(), output.AsSpan<float>()); break;
            case DType.F64: Float<double>(function, input.AsSpan<double>(), output.AsSpan<double>()); break;
            case DType.I32: Whole<int>(function, input.AsSpan<int>(), output.AsSpan<int>()); break;
            case DType.I64: Whole<long>(function, input.AsSpan<long>(), output.AsSpan<long>()); break;
            default: throw new NotSupportedException($"no function of {input.Type}");
        }
    }

    private static void Float<T>(UnaryFunction function, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (function)
        {
            case UnaryFunction.Negate: for (var i = 0; i < x.Length; i++) y[i] = -x[i]; break;
            case UnaryFunction.Absolute: for (var i = 0; i < x.Length; i++) y[i] = T.Abs(x[i]); break;
            case UnaryFunction.Floor: for (var i = 0; i < x.Length; i++) y[i] = T.Floor(x[i]); break;
            case UnaryFunction.Exponential: for (var i = 0; i < x.Length; i++) y[i] = T.Exp(x[i]); break;
            case UnaryFunction.Logarithm: for (var i = 0; i < x.Length; i++) y[i] = T.Log(x[i]); break;
            case UnaryFunction.SquareRoot: for (var i = 0; i < x.Length; i++) y[i] = T.Sqrt(x[i]); break;
            case UnaryFunction.Reciprocal: for (var i = 0; i < x.Length; i++) y[i] = T.One / x[i]; break;
            case UnaryFunction.Sine: for (var i = 0; i < x.Length; i++) y[i] = T.Sin(x[i]); break;
            case UnaryFunction.Cosine: for (var i = 0; i < x.Length; i++) y[i] = T.Cos(x[i]); break;
            case UnaryFunction.HyperbolicTangent: for (var i = 0; i < x.Length; i++) y[i] = T.Tanh(x[i]); break;
            case UnaryFunction.ErrorFunction:
                for (var i = 0; i < x.Length; i++) y[i] = T.CreateSaturating(ErrorFunction.Of(double.CreateSaturating(x[i])));
                break;
            default: throw new NotSupportedException($"no function {function} of {typeof(T).Name}");
        }
    }

    private static void Whole<T>(UnaryFunction function, ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryInteger<T>
    {
        switch (function)
        {
            case UnaryFunction.Negate: for (var i = 0; i < x.Length; i++) y[i] = -x[i]; break;
            case UnaryFunction.Absolute: for (var i = 0; i < x.Length; i++) y[i] = T.IsNegative(x[i]) ? -x[i] : x[i]; break;
            default: throw new NotSupportedException($"no function {function} of {typeof(T).Name}");
        }
    }
}
