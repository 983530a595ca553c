using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>The same numbers in another type, by way of float, or of double or long where float would lose digits.</summary>
internal static unsafe class CastKernel
{
    public static void Run(TensorData input, TensorData output)
    {
        if (input.Type == output.Type)
        {
            Buffer.MemoryCopy(input.Pointer, output.Pointer, output.Bytes, input.Bytes);
        }
        else if (input.Type.IsBlocked || output.Type is DType.F16 or DType.BF16)
        {
            ThroughFloat(input, output);
        }
        else
        {
            for (long i = 0; i < output.Elements; i++) Write(output, i, Read(input, i));
        }
    }

    // A number that holds every whole number of 64 bits and every double exactly.
    private readonly record struct Number(double Float, long Whole, bool IsWhole);

    private static Number Read(TensorData data, long i) => data.Type switch
    {
        DType.F32 => new(data.As<float>()[i], 0, false),
        DType.F64 => new(data.As<double>()[i], 0, false),
        DType.F16 => new((double)data.As<Half>()[i], 0, false),
        DType.BF16 => new(BitConverter.UInt32BitsToSingle((uint)data.As<ushort>()[i] << 16), 0, false),
        DType.I8 => new(0, data.As<sbyte>()[i], true),
        DType.I16 => new(0, data.As<short>()[i], true),
        DType.I32 => new(0, data.As<int>()[i], true),
        DType.I64 => new(0, data.As<long>()[i], true),
        DType.Bool => new(0, data.As<bool>()[i] ? 1 : 0, true),
        _ => throw new NotSupportedException($"no cast from {data.Type}"),
    };

    private static void Write(TensorData data, long i, Number number)
    {
        switch (data.Type)
        {
            case DType.F32: data.As<float>()[i] = number.IsWhole ? number.Whole : (float)number.Float; break;
            case DType.F64: data.As<double>()[i] = number.IsWhole ? number.Whole : number.Float; break;
            case DType.I32: data.As<int>()[i] = number.IsWhole ? (int)number.Whole : int.CreateSaturating(number.Float); break;
            case DType.I64: data.As<long>()[i] = number.IsWhole ? number.Whole : long.CreateSaturating(number.Float); break;
            case DType.Bool: data.As<bool>()[i] = number.IsWhole ? number.Whole != 0 : number.Float != 0; break;
            default: throw new NotSupportedException($"no cast to {data.Type}");
        }
    }

    private static void ThroughFloat(TensorData input, TensorData output)
    {
        var row = new float[input.Sizes.Length == 0 ? 1 : checked((int)input.Sizes[^1])];
        var rows = row.Length == 0 ? 0 : input.Elements / row.Length;
        using var single = new Runtime.NativeBlock(row.Length * sizeof(float));
        var decoded = TensorData.Wrap(single.Pointer, single, DType.F32, row.Length);
        for (long r = 0; r < rows; r++)
        {
            NumberFormats.Dequantize(input.Type, Row(input, r, row.Length), row);
            if (output.Type is DType.F16 or DType.BF16)
            {
                NumberFormats.Quantize(output.Type, row, Row(output, r, row.Length));
            }
            else
            {
                row.CopyTo(decoded.AsSpan<float>());
                for (var i = 0; i < row.Length; i++) Write(output, r * row.Length + i, Read(decoded, i));
            }
        }
    }

    private static Span<byte> Row(TensorData data, long row, int elements)
    {
        var bytes = data.Type.ByteLength(elements);
        return new Span<byte>(data.Pointer + row * bytes, checked((int)bytes));
    }
}
