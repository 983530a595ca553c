using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Formats;

/// <summary>Walks a run of blocks; the loops that all block formats share.</summary>
internal static class Blocks
{
    /// <summary>The most elements that a block of any format holds.</summary>
    public const int MaxElements = 256;

    /// <summary>The most groups that a block of any format has.</summary>
    public const int MaxGroups = 32;

    /// <summary>Decodes whole blocks.</summary>
    public static void Decode<TFormat>(ReadOnlySpan<byte> source, Span<float> destination) where TFormat : struct, IBlockFormat
    {
        var (elements, bytes, group) = (TFormat.Type.BlockElements, TFormat.Type.BlockBytes, TFormat.GroupElements);
        Span<sbyte> codes = stackalloc sbyte[MaxElements];
        Span<float> scales = stackalloc float[MaxGroups];
        Span<float> offsets = stackalloc float[MaxGroups];
        codes = codes[..elements];

        for (; !destination.IsEmpty; source = source[bytes..], destination = destination[elements..])
        {
            TFormat.Unpack(source[..bytes], codes, scales, offsets);
            for (var g = 0; g < elements / group; g++)
            {
                var groupCodes = codes.Slice(g * group, group);
                var values = destination.Slice(g * group, group);
                if (TFormat.HasOffsets) Expand(groupCodes, scales[g], offsets[g], values);
                else Expand(groupCodes, scales[g], values);
            }
        }
    }

    /// <summary>Encodes whole blocks of finite values.</summary>
    public static void Encode<TFormat>(ReadOnlySpan<float> source, Span<byte> destination) where TFormat : struct, IBlockQuantizer
    {
        var (elements, bytes) = (TFormat.Type.BlockElements, TFormat.Type.BlockBytes);
        Span<float> values = stackalloc float[MaxElements];
        values = values[..elements];

        for (; !source.IsEmpty; source = source[elements..], destination = destination[bytes..])
        {
            var unit = 0f;
            foreach (var value in source[..elements]) unit = MathF.Max(unit, MathF.Abs(value));
            if (unit == 0) unit = 1;
            for (var i = 0; i < elements; i++) values[i] = source[i] / unit;
            TFormat.Pack(values, unit, destination[..bytes]);
        }
    }

    /// <summary>The elements of a group without an offset; a multiple of 8.</summary>
    public static void Expand(ReadOnlySpan<sbyte> codes, float scale, Span<float> values)
    {
        for (var i = 0; i < values.Length; i += Vector256<float>.Count) (scale * Widen(codes[i..])).CopyTo(values[i..]);
    }

    /// <summary>
    /// The elements of a group with an offset; one of zero is not the same as none: minus zero becomes plus zero.
    /// </summary>
    public static void Expand(ReadOnlySpan<sbyte> codes, float scale, float offset, Span<float> values)
    {
        for (var i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            (scale * Widen(codes[i..]) + Vector256.Create(offset)).CopyTo(values[i..]);
        }
    }

    private static Vector256<float> Widen(ReadOnlySpan<sbyte> codes)
    {
        var words = Vector128.WidenLower(Vector64.Create(codes).ToVector128Unsafe());
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)));
    }
}
