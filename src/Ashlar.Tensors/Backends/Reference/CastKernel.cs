using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>The same numbers in another type, each rounded once.</summary>
internal static unsafe class CastKernel
{
    // A multiple of every block, small enough for the first cache.
    private const int AtOnce = 1024;

    public static void Run(TensorData input, TensorData output)
    {
        if (input.Type == output.Type) Buffer.MemoryCopy(input.Pointer, output.Pointer, output.Bytes, input.Bytes);
        else if (input.Type.IsBlocked || input.Type is DType.F16 or DType.BF16) Decode(input, output);
        else if (output.Type is DType.F16 or DType.BF16) Encode(input, output);
        else for (long i = 0; i < output.Elements; i++) Write(output, i, Read(input, i));
    }

    // Formats that float holds exactly; what float cannot be written as directly goes on from there.
    private static void Decode(TensorData input, TensorData output)
    {
        Span<float> decoded = stackalloc float[AtOnce];
        for (long start = 0; start < input.Elements; start += AtOnce)
        {
            var values = decoded[..(int)Math.Min(AtOnce, input.Elements - start)];
            NumberFormats.Dequantize(input.Type, Part(input, start, values.Length), values);
            if (output.Type is DType.F16 or DType.BF16)
            {
                NumberFormats.Quantize(output.Type, values, Part(output, start, values.Length));
            }
            else
            {
                for (var i = 0; i < values.Length; i++) Write(output, start + i, new Number(values[i], 0, false));
            }
        }
    }

    private static void Encode(TensorData input, TensorData output)
    {
        Span<float> values = stackalloc float[AtOnce];
        for (long start = 0; start < input.Elements; start += AtOnce)
        {
            var count = (int)Math.Min(AtOnce, input.Elements - start);
            for (var i = 0; i < count; i++) values[i] = ToOdd(Read(input, start + i));
            NumberFormats.Quantize(output.Type, values[..count], Part(output, start, count));
        }
    }

    private static Span<byte> Part(TensorData data, long start, int elements) =>
        new(data.Pointer + data.Type.ByteLength(start), (int)data.Type.ByteLength(elements));

    // A number that holds every whole number of 64 bits and every double exactly.
    private readonly record struct Number(double Float, long Whole, bool IsWhole);

    private static Number Read(TensorData data, long i) => data.Type switch
    {
        DType.F32 => new(data.As<float>()[i], 0, false),
        DType.F64 => new(data.As<double>()[i], 0, false),
        DType.I8 => new(0, data.As<sbyte>()[i], true),
        DType.I16 => new(0, data.As<short>()[i], true),
        DType.I32 => new(0, data.As<int>()[i], true),
        DType.I64 => new(0, data.As<long>()[i], true),
        DType.Bool => new(0, data.As<byte>()[i] != 0 ? 1 : 0, true),
        _ => throw new NotSupportedException($"no cast from {data.Type}"),
    };

    private static void Write(TensorData data, long i, Number number)
    {
        switch (data.Type)
        {
            case DType.F32: data.As<float>()[i] = number.IsWhole ? number.Whole : (float)number.Float; break;
            case DType.F64: data.As<double>()[i] = number.IsWhole ? number.Whole : number.Float; break;
            case DType.I32:
                data.As<int>()[i] = number.IsWhole ? int.CreateSaturating(number.Whole) : int.CreateSaturating(number.Float);
                break;
            case DType.I64: data.As<long>()[i] = number.IsWhole ? number.Whole : long.CreateSaturating(number.Float); break;
            case DType.Bool: data.As<bool>()[i] = number.IsWhole ? number.Whole != 0 : number.Float != 0; break;
            default: throw new NotSupportedException($"no cast to {data.Type}");
        }
    }

    // Rounding twice, to float and then to 16 bits, can end at the wrong neighbour. It cannot where the first rounding is to odd:
    // an inexact value takes the neighbour whose last bit is set, so that it never lies halfway between two numbers of 16 bits.
    private static float ToOdd(Number number)
    {
        var nearest = number.IsWhole ? number.Whole : (float)number.Float;
        var difference = number.IsWhole ? Int128.Sign((Int128)nearest - number.Whole) : ((double)nearest).CompareTo(number.Float);
        var bits = BitConverter.SingleToInt32Bits(nearest);
        if (difference == 0 || !float.IsFinite(nearest) || (bits & 1) != 0) return nearest;

        // One bit more is further from zero, whatever the sign; it is the sign bit that tells, as the nearest may be a zero.
        var isTooLarge = difference > 0 != bits < 0;
        return BitConverter.Int32BitsToSingle(isTooLarge ? bits - 1 : bits + 1);
    }
}
