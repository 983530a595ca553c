using System.Runtime.InteropServices;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.Reference;

/// <summary>
/// Tensors between guards: memory is filled with 0xFF, which is NaN in every float, so that an element that was not written, or
/// was read past the end, shows in the result; and bytes around a tensor are watched.
/// </summary>
internal sealed unsafe class Guarded
{
    private const int GuardBytes = 256;
    private readonly byte[] _memory;
    private readonly int _start;

    private Guarded(DType type, long[] sizes)
    {
        var bytes = type.ByteLength(sizes.Aggregate(1L, (product, size) => product * size));
        _memory = GC.AllocateUninitializedArray<byte>(checked((int)bytes) + 3 * GuardBytes, pinned: true);
        _memory.AsSpan().Fill(0xFF);
        var pointer = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _start = GuardBytes + (int)(64 - (nint)pointer % 64);
        Data = TensorData.Wrap(pointer + _start, this, type, sizes);
    }

    public TensorData Data { get; }

    /// <summary>Poisoned memory for a result.</summary>
    public static Guarded Poisoned(DType type, params long[] sizes) => new(type, sizes);

    /// <summary>Given numbers, each rounded to the type.</summary>
    public static TensorData Of(DType type, long[] sizes, params ReadOnlySpan<double> values)
    {
        var data = new Guarded(type, sizes).Data;
        Assert.Equal(data.Elements, values.Length);
        if (type.IsBlocked)
        {
            var floats = values.ToArray().Select(value => (float)value).ToArray();
            NumberFormats.Quantize(type, floats, data.AsSpan<byte>());
            return data;
        }

        for (var i = 0; i < values.Length; i++) Write(data, i, values[i]);
        return data;
    }

    /// <summary>Random numbers from -2 to 2; whole ones from -20 to 20 but never zero.</summary>
    public static TensorData Random(Random random, DType type, params long[] sizes)
    {
        var values = new double[sizes.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = type == DType.Bool ? random.Next(2)
                : type.IsInteger ? random.Next(1, 21) * (random.Next(2) * 2 - 1)
                : random.NextDouble() * 4 - 2;
        }

        return Of(type, sizes, values);
    }

    /// <summary>Indices from 0 to rows - 1.</summary>
    public static TensorData Indices(Random random, long rows, params long[] sizes)
    {
        var values = new double[sizes.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++) values[i] = random.NextInt64(rows);
        return Of(DType.I32, sizes, values);
    }

    /// <summary>Fails where a byte around the tensor changed.</summary>
    public void CheckGuards()
    {
        var end = _start + (int)Data.Bytes;
        Assert.True(_memory.AsSpan(0, _start).IndexOfAnyExcept((byte)0xFF) < 0, "wrote before the first element");
        Assert.True(_memory.AsSpan(end).IndexOfAnyExcept((byte)0xFF) < 0, "wrote past the last element");
    }

    /// <summary>The elements as doubles, exactly (I64 beyond 53 bits excepted).</summary>
    public static double[] Doubles(TensorData data)
    {
        var values = new double[data.Elements];
        if (data.Type.IsBlocked)
        {
            var floats = new float[data.Elements];
            NumberFormats.Dequantize(data.Type, data.AsSpan<byte>(), floats);
            return [.. floats.Select(value => (double)value)];
        }

        for (var i = 0; i < values.Length; i++) values[i] = Read(data, i);
        return values;
    }

    private static double Read(TensorData data, int i) => data.Type switch
    {
        DType.F32 => data.AsSpan<float>()[i],
        DType.F64 => data.AsSpan<double>()[i],
        DType.F16 => (double)data.AsSpan<Half>()[i],
        DType.BF16 => BitConverter.UInt32BitsToSingle((uint)data.AsSpan<ushort>()[i] << 16),
        DType.I8 => data.AsSpan<sbyte>()[i],
        DType.I16 => data.AsSpan<short>()[i],
        DType.I32 => data.AsSpan<int>()[i],
        DType.I64 => data.AsSpan<long>()[i],
        DType.Bool => data.AsSpan<byte>()[i],
        _ => throw new ArgumentException(data.Type.ToString()),
    };

    private static void Write(TensorData data, int i, double value)
    {
        switch (data.Type)
        {
            case DType.F32: data.AsSpan<float>()[i] = (float)value; break;
            case DType.F64: data.AsSpan<double>()[i] = value; break;
            case DType.F16: data.AsSpan<Half>()[i] = (Half)value; break;
            case DType.BF16: NumberFormats.Quantize(DType.BF16, [(float)value], data.AsSpan<byte>().Slice(2 * i, 2)); break;
            case DType.I8: data.AsSpan<sbyte>()[i] = (sbyte)value; break;
            case DType.I16: data.AsSpan<short>()[i] = (short)value; break;
            case DType.I32: data.AsSpan<int>()[i] = (int)value; break;
            case DType.I64: data.AsSpan<long>()[i] = (long)value; break;
            case DType.Bool: data.AsSpan<bool>()[i] = value != 0; break;
            default: throw new ArgumentException(data.Type.ToString());
        }
    }
}
