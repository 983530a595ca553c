namespace Ashlar.Tensors.Formats;

/// <summary>
/// A block format, seen as a decoder from the bytes of a block to one canonical form that all formats share:
/// <c>value[i] = scales[g] * codes[i] + offsets[g]</c> with <c>g = i / GroupElements</c>, the codes signed bytes.
/// </summary>
/// <remarks>
/// Implemented by empty structs, so that a generic method over a format compiles to straight code for that format. The
/// parts of a block are listed in each format in the order of its bytes; numbers are little-endian.
/// </remarks>
internal interface IBlockFormat
{
    /// <summary>The element type that stores blocks of this format; it knows their size.</summary>
    static abstract DType Type { get; }

    /// <summary>How many elements share a scale and an offset: a multiple of 8 that divides the block.</summary>
    static abstract int GroupElements { get; }

    /// <summary>
    /// Whether groups have offsets; where not, <see cref="Unpack"/> leaves them alone and they count as absent.
    /// </summary>
    static virtual bool HasOffsets => false;

    /// <summary>Takes one block apart. Any bytes are a block: there are none to refuse.</summary>
    /// <param name="block">The bytes of one block.</param>
    /// <param name="codes">(block elements) receives the codes.</param>
    /// <param name="scales">(groups) receives the scales; not finite where the block says so.</param>
    /// <param name="offsets">(groups) receives the offsets, if the format has them.</param>
    static abstract void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets);
}
