using System.Numerics;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Adds rows into a table of zeros, in the order of the rows.</summary>
internal static unsafe class ScatterAddKernel
{
    public static void Run(TensorData rows, TensorData indices, TensorData output)
    {
        if (rows.Type == DType.F32) Loop<float>(rows, indices, output);
        else Loop<double>(rows, indices, output);
    }

    private static void Loop<T>(TensorData rows, TensorData indices, TensorData output) where T : unmanaged, INumber<T>
    {
        var length = TensorData.CountElements(output.Sizes[1..]);
        RowIndex.CheckAll(indices, output.Sizes[0], "row");
        for (long i = 0; i < output.Elements; i++) output.As<T>()[i] = T.Zero;
        for (long i = 0; i < indices.Elements; i++)
        {
            var target = output.As<T>() + indices.As<int>()[i] * length;
            for (long j = 0; j < length; j++) target[j] += rows.As<T>()[i * length + j];
        }
    }
}
