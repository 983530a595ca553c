using System.Numerics;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>A function of the elements of two tensors that broadcast.</summary>
internal static unsafe class BinaryKernel
{
    private interface IOperator<T, TResult>
    {
        static abstract TResult Apply(T x, T y);
    }

    public static void Run(BinaryFunction function, TensorData left, TensorData right, TensorData output)
    {
        switch (left.Type)
        {
            case DType.F32 when function == BinaryFunction.Power: Loop<float, float, Power<float>>(left, right, output); break;
            case DType.F64 when function == BinaryFunction.Power: Loop<double, double, Power<double>>(left, right, output); break;
            case DType.F32: Choose<float>(function, left, right, output); break;
            case DType.F64: Choose<double>(function, left, right, output); break;
            case DType.I32: Choose<int>(function, left, right, output); break;
            case DType.I64: Choose<long>(function, left, right, output); break;
            default: throw new NotSupportedException($"no function of two {left.Type}");
        }
    }

    private static void Choose<T>(BinaryFunction function, TensorData left, TensorData right, TensorData output)
        where T : unmanaged, INumber<T>
    {
        switch (function)
        {
            case BinaryFunction.Add: Loop<T, T, Add<T>>(left, right, output); break;
            case BinaryFunction.Subtract: Loop<T, T, Subtract<T>>(left, right, output); break;
            case BinaryFunction.Multiply: Loop<T, T, Multiply<T>>(left, right, output); break;
            case BinaryFunction.Divide: Loop<T, T, Divide<T>>(left, right, output); break;
            case BinaryFunction.Maximum: Loop<T, T, Maximum<T>>(left, right, output); break;
            case BinaryFunction.Minimum: Loop<T, T, Minimum<T>>(left, right, output); break;
            case BinaryFunction.Equal: Loop<T, bool, Equal<T>>(left, right, output); break;
            case BinaryFunction.Less: Loop<T, bool, Less<T>>(left, right, output); break;
            default: throw new NotSupportedException($"no function {function} of {typeof(T).Name}");
        }
    }

    private static void Loop<T, TResult, TOperator>(TensorData left, TensorData right, TensorData output)
        where T : unmanaged
        where TResult : unmanaged
        where TOperator : IOperator<T, TResult>
    {
        var rows = new Broadcasting(output, left, right);
        var (xStep, yStep) = (rows.Step(0), rows.Step(1));
        while (rows.Next())
        {
            var x = left.As<T>() + rows.Offset(0);
            var y = right.As<T>() + rows.Offset(1);
            var z = output.As<TResult>() + rows.Start;
            for (long i = 0; i < rows.Length; i++) z[i] = TOperator.Apply(x[i * xStep], y[i * yStep]);
        }
    }

    private readonly struct Add<T> : IOperator<T, T> where T : INumber<T>
    {
        public static T Apply(T x, T y) => x + y;
    }

    private readonly struct Subtract<T> : IOperator<T, T> where T : INumber<T>
    {
        public static T Apply(T x, T y) => x - y;
    }

    private readonly struct Multiply<T> : IOperator<T, T> where T : INumber<T>
    {
        public static T Apply(T x, T y) => x * y;
    }

    private readonly struct Divide<T> : IOperator<T, T> where T : INumber<T>
    {
        public static T Apply(T x, T y) => x / y;
    }

    private readonly struct Maximum<T> : IOperator<T, T> where T : INumber<T>
    {
        public static T Apply(T x, T y) => T.Max(x, y);
    }

    private readonly struct Minimum<T> : IOperator<T, T> where T : INumber<T>
    {
        public static T Apply(T x, T y) => T.Min(x, y);
    }

    private readonly struct Power<T> : IOperator<T, T> where T : IPowerFunctions<T>
    {
        public static T Apply(T x, T y) => T.Pow(x, y);
    }

    private readonly struct Equal<T> : IOperator<T, bool> where T : INumber<T>
    {
        public static bool Apply(T x, T y) => x == y;
    }

    private readonly struct Less<T> : IOperator<T, bool> where T : INumber<T>
    {
        public static bool Apply(T x, T y) => x < y;
    }
}
