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
