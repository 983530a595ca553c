using System.Numerics;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Sums and maxima along one axis, element after element.</summary>
internal static unsafe class ReduceKernel
{
    public static void Run(Reduce reduce, TensorData input, TensorData output)
    {
        var axis = reduce.Axis < 0 ? reduce.Axis + input.Sizes.Length : reduce.Axis;
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
            var result = function == ReduceFunction.Sum ? T.Zero : T.NegativeInfinity;
            for (long k = 0; k < length; k++)
            {
                result = function == ReduceFunction.Sum ? result + x[k * inner] : T.Max(result, x[k * inner]);
            }

            output.As<T>()[i] = result;
        }
    }
}
