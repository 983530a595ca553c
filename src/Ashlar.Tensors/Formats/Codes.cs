using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// Moves small integers between bytes that hold several and bytes that hold one. Nearly all formats use one arrangement,
/// here called planes: of each run of bytes, the lowest bits of every byte come first, then the next higher bits of every
/// byte, and so on. A run of 16 bytes with 4 bits a code thus holds codes 0-15 in its low nibbles and 16-31 in its high ones.
/// </summary>
internal static class Codes
{
    /// <summary>Takes codes of <paramref name="bits"/> bits out of planes of <paramref name="run"/> bytes.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, int run, int bits, Span<sbyte> codes)
    {
        codes[..(packed.Length * 8 / bits)].Clear();
        UnpackHigh(packed, run, bits, above: 0, codes);
    }

    /// <summary>Adds to codes what planes hold of them from bit <paramref name="above"/> up.</summary>
    public static void UnpackHigh(ReadOnlySpan<byte> packed, int run, int bits, int above, Span<sbyte> codes)
    {
        var (at, mask) = (0, (1 << bits) - 1);
        for (; !packed.IsEmpty; packed = packed[run..])
        {
            for (var shift = 0; shift < 8; shift += bits, at += run)
            {
                var plane = codes.Slice(at, run);
                var i = 0;
                for (; i <= run - Vector128<byte>.Count; i += Vector128<byte>.Count)
                {
                    var bitsOf16 = (Vector128.Create(packed[i..]) >>> shift & Vector128.Create((byte)mask)) << above;
                    (Vector128.Create<sbyte>(plane[i..]) | bitsOf16.AsSByte()).CopyTo(plane[i..]);
                }

                for (; i < run; i++) plane[i] |= (sbyte)((packed[i] >> shift & mask) << above);
            }
        }
    }

    /// <summary>Puts <paramref name="bits"/> bits of each code, from bit <paramref name="above"/> up, into planes.</summary>
    public static void Pack(ReadOnlySpan<sbyte> codes, int run, int bits, int above, Span<byte> packed)
    {
        packed.Clear();
        var (at, mask) = (0, (1 << bits) - 1);
        for (; !packed.IsEmpty; packed = packed[run..])
        {
            for (var shift = 0; shift < 8; shift += bits, at += run)
            {
                var plane = codes.Slice(at, run);
                for (var i = 0; i < plane.Length; i++) packed[i] |= (byte)((plane[i] >> above & mask) << shift);
            }
        }
    }

    /// <summary>Moves every code: a format with a bias of 8 stores -8 as 0.</summary>
    public static void Add(Span<sbyte> codes, int amount)
    {
        var amounts = Vector128.Create((sbyte)amount);
        for (; codes.Length >= Vector128<sbyte>.Count; codes = codes[Vector128<sbyte>.Count..])
        {
            (Vector128.Create<sbyte>(codes) + amounts).CopyTo(codes);
        }

        for (var i = 0; i < codes.Length; i++) codes[i] = (sbyte)(codes[i] + amount);
    }

    /// <summary>Replaces every index by the value that it stands for.</summary>
    public static void LookUp(Span<sbyte> codes, ReadOnlySpan<sbyte> values)
    {
        for (var i = 0; i < codes.Length; i++) codes[i] = values[codes[i]];
    }

    /// <summary>Replaces every value by its index; the way back from <see cref="LookUp"/>.</summary>
    public static void FindIndices(Span<sbyte> codes, ReadOnlySpan<sbyte> values)
    {
        for (var i = 0; i < codes.Length; i++) codes[i] = (sbyte)values.IndexOf(codes[i]);
    }
}
