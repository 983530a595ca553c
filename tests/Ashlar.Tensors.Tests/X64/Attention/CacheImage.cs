using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>A cache of keys or values, laid out as <see cref="CacheStore"/> says, by formulas of its own.</summary>
internal sealed class CacheImage(DType type, bool isTransposed, int heads, int size)
{
    /// <summary>Bytes of one position.</summary>
    public int RowBytes => checked((int)type.ByteLength(heads * size));

    /// <summary>Rounds a position's numbers to the cache's type, puts them there, and gives what is kept.</summary>
    public float[] Put(Span<byte> cache, int row, ReadOnlySpan<float> numbers)
    {
        var bytes = new byte[RowBytes];
        NumberFormats.Quantize(type, numbers, bytes);
        Spread(cache, row, bytes);
        var kept = new float[numbers.Length];
        NumberFormats.Dequantize(type, bytes, kept);
        return kept;
    }

    /// <summary>Puts a position there as the format has it, block behind block.</summary>
    public void Spread(Span<byte> cache, int row, ReadOnlySpan<byte> bytes)
    {
        var (part, place) = (row / 16 * 16 * RowBytes, row % 16);
        if (type == DType.Q8_0)
        {
            for (var i = 0; i < heads * size; i++)
            {
                // Of each head of a part blocks of 32 elements: 16 scales, then codes, (32, 16) of keys, (16, 32) of values.
                var (to, element) = (part + i / 32 * 544, i % 32);
                var block = bytes.Slice(i / 32 * 34, 34);
                block[..2].CopyTo(cache[(to + place * 2)..]);
                cache[to + 32 + (isTransposed ? element * 16 + place : place * 32 + element)] = block[2 + element];
            }

            return;
        }

        var number = type.BlockBytes;
        for (var i = 0; i < heads * size; i++)
        {
            bytes.Slice(i * number, number).CopyTo(cache[(part + PlaceOf(i, place) * number)..]);
        }
    }

    // Where an element of a row lies in the row's part, in numbers.
    private int PlaceOf(int i, int row)
    {
        var (head, element) = (i / size, i % size);
        if (type != DType.BF16 || (isTransposed && size % 2 != 0)) return isTransposed ? i * 16 + row : row * heads * size + i;
        return isTransposed
            ? ((head * (size / 2) + element / 2) * 16 + row) * 2 + element % 2 // (heads, size / 2, 16, 2)
            : ((head * 8 + row / 2) * size + element) * 2 + row % 2; // (heads, 8, size, 2)
    }
}
