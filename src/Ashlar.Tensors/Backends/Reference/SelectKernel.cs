namespace Ashlar.Tensors.Backends.Reference;

/// <summary>One of two values for each element, by a condition.</summary>
internal static unsafe class SelectKernel
{
    public static void Run(TensorData condition, TensorData then, TensorData otherwise, TensorData output)
    {
        if (output.Type.BlockBytes == 4) Loop<uint>(condition, then, otherwise, output);
        else Loop<ulong>(condition, then, otherwise, output);
    }

    private static void Loop<T>(TensorData condition, TensorData then, TensorData otherwise, TensorData output)
        where T : unmanaged
    {
        var rows = new Broadcasting(output, condition, then, otherwise);
        var (cStep, xStep, yStep) = (rows.Step(0), rows.Step(1), rows.Step(2));
        while (rows.Next())
        {
            var c = condition.As<byte>() + rows.Offset(0);
            var x = then.As<T>() + rows.Offset(1);
            var y = otherwise.As<T>() + rows.Offset(2);
            var z = output.As<T>() + rows.Start;
            for (long i = 0; i < rows.Length; i++) z[i] = c[i * cStep] != 0 ? x[i * xStep] : y[i * yStep];
        }
    }
}
