using System.Numerics;
using System.Runtime.Intrinsics;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>One position and head of a key or value cache, in the numbers that attention computes with.</summary>
internal static unsafe class CacheRow
{
    /// <summary>The elements themselves where they are stored as <typeparamref name="T"/>, or decoded into the buffer.</summary>
    public static T* Read<T>(TensorData cache, long row, T* buffer) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var length = checked((int)cache.Sizes[2]);
        var bytes = cache.Type.ByteLength(length);
        var source = cache.Pointer + row * bytes;
        if (cache.Type is DType.F32 or DType.F64) return (T*)source;

        // Decoded as float at the start of the buffer; a wider type is then spread from the end, over it.
        NumberFormats.Dequantize(
            cache.Type, new ReadOnlySpan<byte>(source, checked((int)bytes)), new Span<float>(buffer, length));
        if (typeof(T) == typeof(double))
        {
            for (var i = length - 1; i >= 0; i--) buffer[i] = T.CreateSaturating(((float*)buffer)[i]);
        }

        return buffer;
    }

    public static T Dot<T>(T* x, T* y, long length) where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? T.CreateTruncating(DotProduct.Of((float*)x, (float*)y, length))
        : T.CreateTruncating(DotProduct.Of((double*)x, (double*)y, length));

    /// <summary>Adds a multiple of one row to another, element by element.</summary>
    public static void AddScaled<T>(T* sum, T* row, T factor, long length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long i = 0;
        var factors = Vector512.Create(factor);
        for (; i <= length - Vector512<T>.Count; i += Vector512<T>.Count)
        {
            (Vector512.Load(sum + i) + Vector512.Load(row + i) * factors).Store(sum + i);
        }

        for (; i < length; i++) sum[i] += row[i] * factor;
    }
}
