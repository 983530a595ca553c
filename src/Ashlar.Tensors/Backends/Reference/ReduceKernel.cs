using System.Numerics;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Sums and maxima along one axis. A sum is sixteen partial sums, one for each position modulo 16, then halves onto halves: the
/// order of <see cref="DotProduct"/>, which also rounds less than one long sum.
/// </summary>
internal static unsafe class ReduceKernel
{
    private const int Lanes = 16;

    public static void Run(Reduce reduce, TensorData input, TensorData output)
    {
        var axis = Shape.AxisFromFront(reduce.Axis, input.Sizes.Length);
        if (input.Type == DType.F32) Loop<float>(reduce.Function, axis, input, output);
        else Loop<double>(reduce.Function, axis, input, output);
    }

    private static void Loop<T>(ReduceFunction function, int axis, TensorData input, TensorData output)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var length = input.Sizes[axis];
        var inner = TensorData.CountElements(input.Sizes[(axis + 1)..]);
        for (long i = 0; i < output.Elements; i++)
        {
            var x = input.As<T>() + i / inner * length * inner + i % inner;
            output.As<T>()[i] = function == ReduceFunction.Sum ? Sum(x, length, inner) : Maximum(x, length, inner);
        }
    }

    private static T Sum<T>(T* x, long length, long stride) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var partial = stackalloc T[Lanes];
        for (var lane = 0; lane < Lanes; lane++) partial[lane] = T.Zero;
        for (long k = 0; k < length; k++) partial[k % Lanes] += x[k * stride];
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var lane = 0; lane < half; lane++) partial[lane] += partial[lane + half];
        }

        return partial[0];
    }

    private static T Maximum<T>(T* x, long length, long stride) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var largest = T.NegativeInfinity;
        for (long k = 0; k < length; k++) largest = T.Max(largest, x[k * stride]);
        return largest;
    }
}
