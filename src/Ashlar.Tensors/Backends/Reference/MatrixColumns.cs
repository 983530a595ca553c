using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>The columns of a right operand (k, n), or of one stored transposed (n, k), as plain numbers.</summary>
/// <param name="data">The tensor that the operand is part of.</param>
/// <param name="start">The operand's first element there.</param>
/// <param name="length">The length k of a column.</param>
/// <param name="count">The number n of columns.</param>
/// <param name="isTransposed">Whether each column is stored as a row.</param>
internal sealed unsafe class MatrixColumns(TensorData data, long start, long length, long count, bool isTransposed)
{
    public long Length => length;

    public long Count => count;

    /// <summary>Memory for as many columns; none where they can be read in place.</summary>
    public NativeBlock Buffer(int columns, DType type) =>
        new(isTransposed && data.Type == type ? 0 : columns * length * type.BlockBytes);

    /// <summary>Some columns, one after the other: the stored ones, or decoded into the buffer.</summary>
    public float* Read(long first, int columns, float* buffer)
    {
        if (isTransposed && data.Type == DType.F32) return data.As<float>() + start + first * length;
        if (isTransposed) Decode(start + first * length, columns * length, buffer);
        else Turn(first, columns, buffer);
        return buffer;
    }

    /// <inheritdoc cref="Read(long, int, float*)"/>
    public double* Read(long first, int columns, double* buffer)
    {
        if (data.Type != DType.F64)
        {
            // Every other format is exact in float.
            using var single = Buffer(columns, DType.F32);
            var values = Read(first, columns, (float*)single.Pointer);
            for (long i = 0; i < columns * length; i++) buffer[i] = values[i];
            return buffer;
        }

        var stored = data.As<double>() + start;
        if (isTransposed) return stored + first * length;
        for (long i = 0; i < length; i++)
        {
            for (var c = 0; c < columns; c++) buffer[c * length + i] = stored[i * count + first + c];
        }

        return buffer;
    }

    // The part of each row that lies in the columns, turned upright.
    private void Turn(long first, int columns, float* buffer)
    {
        var part = stackalloc float[columns];
        for (long i = 0; i < length; i++)
        {
            var row = part;
            if (data.Type == DType.F32) row = data.As<float>() + start + i * count + first;
            else Decode(start + i * count + first, columns, part);
            for (var c = 0; c < columns; c++) buffer[c * length + i] = row[c];
        }
    }

    private void Decode(long element, long elements, float* target) => NumberFormats.Dequantize(data.Type,
        new ReadOnlySpan<byte>(data.Pointer + data.Type.ByteLength(element), checked((int)data.Type.ByteLength(elements))),
        new Span<float>(target, checked((int)elements)));
}
