using System.Globalization;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// Converts between the bytes of a tensor, in any <see cref="DType"/>, and float32. The layouts are those of GGUF,
/// little-endian.
/// </summary>
public static class NumberFormats
{
    /// <summary>Decodes stored elements to float32. Allocates nothing, except tables of the IQ formats when first used.</summary>
    /// <param name="type">How the elements are stored.</param>
    /// <param name="source">The bytes of exactly as many elements as <paramref name="destination"/> holds.</param>
    /// <param name="destination">Receives the elements; a multiple of the type's block.</param>
    /// <remarks>
    /// Any bytes decode to some numbers; where a stored number or scale is not finite, neither are the elements. Wide
    /// integers and F64 are rounded to the nearest float32.
    /// </remarks>
    /// <exception cref="ArgumentException">The sizes do not match, or are no multiple of the type's block.</exception>
    public static void Dequantize(DType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckSizes(type, source.Length, nameof(source), destination.Length, nameof(destination));
        switch (type)
        {
            case DType.F32: PlainNumbers.DecodeF32(source, destination); break;
            case DType.F64: PlainNumbers.DecodeF64(source, destination); break;
            case DType.F16: PlainNumbers.DecodeF16(source, destination); break;
            case DType.BF16: PlainNumbers.DecodeBF16(source, destination); break;
            case DType.I8: PlainNumbers.DecodeI8(source, destination); break;
            case DType.I16: PlainNumbers.DecodeI16(source, destination); break;
            case DType.I32: PlainNumbers.DecodeI32(source, destination); break;
            case DType.I64: PlainNumbers.DecodeI64(source, destination); break;
            case DType.Bool: PlainNumbers.DecodeBool(source, destination); break;
            case DType.Q4_0: Blocks.Decode<Q4_0>(source, destination); break;
            case DType.Q4_1: Blocks.Decode<Q4_1>(source, destination); break;
            case DType.Q5_0: Blocks.Decode<Q5_0>(source, destination); break;
            case DType.Q5_1: Blocks.Decode<Q5_1>(source, destination); break;
            case DType.Q8_0: Blocks.Decode<Q8_0>(source, destination); break;
            case DType.Q2_K: Blocks.Decode<Q2_K>(source, destination); break;
            case DType.Q3_K: Blocks.Decode<Q3_K>(source, destination); break;
            case DType.Q4_K: Blocks.Decode<Q4_K>(source, destination); break;
            case DType.Q5_K: Blocks.Decode<Q5_K>(source, destination); break;
            case DType.Q6_K: Blocks.Decode<Q6_K>(source, destination); break;
            case DType.IQ2_XXS: Blocks.Decode<IQ2_XXS>(source, destination); break;
            case DType.IQ2_XS: Blocks.Decode<IQ2_XS>(source, destination); break;
            case DType.IQ2_S: Blocks.Decode<IQ2_S>(source, destination); break;
            case DType.IQ3_XXS: Blocks.Decode<IQ3_XXS>(source, destination); break;
            case DType.IQ3_S: Blocks.Decode<IQ3_S>(source, destination); break;
            case DType.IQ1_S: Blocks.Decode<IQ1_S>(source, destination); break;
            case DType.IQ1_M: Blocks.Decode<IQ1_M>(source, destination); break;
            case DType.IQ4_NL: Blocks.Decode<IQ4_NL>(source, destination); break;
            case DType.IQ4_XS: Blocks.Decode<IQ4_XS>(source, destination); break;
            case DType.TQ1_0: Blocks.Decode<TQ1_0>(source, destination); break;
            case DType.TQ2_0: Blocks.Decode<TQ2_0>(source, destination); break;
            case DType.MXFP4: Blocks.Decode<MXFP4>(source, destination); break;
            case DType.NVFP4: Blocks.Decode<NVFP4>(source, destination); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type");
        }
    }

    /// <summary>
    /// Whether <see cref="Quantize"/> can make the type: plain floats and all block formats but IQ1, IQ2 and IQ3.
    /// </summary>
    public static bool CanQuantize(DType type) => type switch
    {
        DType.F32 or DType.F16 or DType.BF16 => true,
        DType.IQ1_S or DType.IQ1_M or DType.IQ2_XXS or DType.IQ2_XS or DType.IQ2_S or DType.IQ3_XXS or DType.IQ3_S => false,
        _ => type.IsBlocked,
    };

    /// <summary>Encodes float32 numbers. Allocates nothing.</summary>
    /// <param name="type">How to store the elements; see <see cref="CanQuantize"/>.</param>
    /// <param name="source">The numbers; a multiple of the type's block. For block formats all finite.</param>
    /// <param name="destination">Receives the bytes of exactly as many elements as <paramref name="source"/> holds.</param>
    /// <remarks>
    /// F16 and BF16 round to nearest, ties to even, and keep infinities and NaN; what is beyond F16 becomes infinite. Block
    /// formats choose scales for the least squared error. What is beyond the largest scale (for f16 scales, 65504 times the
    /// largest code) saturates; what is below the least becomes zero.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The sizes do not match, or are no multiple of the block, or a number is not finite.
    /// </exception>
    /// <exception cref="NotSupportedException">The type cannot be made.</exception>
    public static void Quantize(DType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        if (!CanQuantize(type))
        {
            throw new NotSupportedException($"cannot quantize to {type}; choose a type that can be made, such as {DType.Q4_K}");
        }
        CheckSizes(type, destination.Length, nameof(destination), source.Length, nameof(source));
        if (type.IsBlocked) CheckFinite(type, source);
        switch (type)
        {
            case DType.F32: PlainNumbers.EncodeF32(source, destination); break;
            case DType.F16: PlainNumbers.EncodeF16(source, destination); break;
            case DType.BF16: PlainNumbers.EncodeBF16(source, destination); break;
            case DType.Q4_0: Blocks.Encode<Q4_0>(source, destination); break;
            case DType.Q4_1: Blocks.Encode<Q4_1>(source, destination); break;
            case DType.Q5_0: Blocks.Encode<Q5_0>(source, destination); break;
            case DType.Q5_1: Blocks.Encode<Q5_1>(source, destination); break;
            case DType.Q8_0: Blocks.Encode<Q8_0>(source, destination); break;
            case DType.Q2_K: Blocks.Encode<Q2_K>(source, destination); break;
            case DType.Q3_K: Blocks.Encode<Q3_K>(source, destination); break;
            case DType.Q4_K: Blocks.Encode<Q4_K>(source, destination); break;
            case DType.Q5_K: Blocks.Encode<Q5_K>(source, destination); break;
            case DType.Q6_K: Blocks.Encode<Q6_K>(source, destination); break;
            case DType.IQ4_NL: Blocks.Encode<IQ4_NL>(source, destination); break;
            case DType.IQ4_XS: Blocks.Encode<IQ4_XS>(source, destination); break;
            case DType.TQ1_0: Blocks.Encode<TQ1_0>(source, destination); break;
            case DType.TQ2_0: Blocks.Encode<TQ2_0>(source, destination); break;
            case DType.MXFP4: Blocks.Encode<MXFP4>(source, destination); break;
            case DType.NVFP4: Blocks.Encode<NVFP4>(source, destination); break;
        }
    }

    private static void CheckFinite(DType type, ReadOnlySpan<float> source)
    {
        for (var i = 0; i < source.Length; i++)
        {
            if (float.IsFinite(source[i])) continue;
            var value = source[i].ToString(CultureInfo.InvariantCulture);
            throw new ArgumentException($"element {i} is {value}, which {type} cannot store", nameof(source));
        }
    }

    private static void CheckSizes(DType type, int bytes, string bytesName, int elements, string elementsName)
    {
        if (elements % type.BlockElements != 0)
        {
            throw new ArgumentException(
                $"{elements} elements of {type} do not fill blocks of {type.BlockElements}", elementsName);
        }

        var expected = type.ByteLength(elements);
        if (bytes != expected)
        {
            throw new ArgumentException($"{elements} elements of {type} take {expected} bytes, not {bytes}", bytesName);
        }
    }
}
