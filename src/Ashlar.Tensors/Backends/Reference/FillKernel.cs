namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Values that come from no tensor.</summary>
internal static class FillKernel
{
    public static void Constant(double value, TensorData output)
    {
        switch (output.Type)
        {
            case DType.F32: output.AsSpan<float>().Fill((float)value); break;
            case DType.F64: output.AsSpan<double>().Fill(value); break;
            case DType.I32: output.AsSpan<int>().Fill((int)value); break;
            case DType.I64: output.AsSpan<long>().Fill((long)value); break;
            case DType.Bool: output.AsSpan<bool>().Fill(value != 0); break;
            default: throw new NotSupportedException($"no constant is {output.Type}");
        }
    }

    public static void Iota(TensorData output)
    {
        var values = output.AsSpan<int>();
        for (var i = 0; i < values.Length; i++) values[i] = i;
    }
}
