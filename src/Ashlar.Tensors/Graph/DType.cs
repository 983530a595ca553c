namespace Ashlar.Tensors;

/// <summary>
/// How the elements of a tensor are stored. The first group are plain numbers; the second are block formats, in which
/// a run of elements along the last axis shares scales (layouts as in GGUF). Only weights are stored in block formats.
/// </summary>
public enum DType
{
    /// <summary>IEEE binary32.</summary>
    F32,
    /// <summary>IEEE binary64.</summary>
    F64,
    /// <summary>IEEE binary16.</summary>
    F16,
    /// <summary>The upper half of a binary32.</summary>
    BF16,
    /// <summary>Signed 8-bit integer.</summary>
    I8,
    /// <summary>Signed 16-bit integer.</summary>
    I16,
    /// <summary>Signed 32-bit integer; the type of token ids, positions and indices.</summary>
    I32,
    /// <summary>Signed 64-bit integer.</summary>
    I64,
    /// <summary>True or false, one byte each; the type of comparisons and masks.</summary>
    Bool,

    /// <summary>32 elements: a scale and 4-bit quants.</summary>
    Q4_0,
    /// <summary>32 elements: a scale, a minimum and 4-bit quants.</summary>
    Q4_1,
    /// <summary>32 elements: a scale and 5-bit quants.</summary>
    Q5_0,
    /// <summary>32 elements: a scale, a minimum and 5-bit quants.</summary>
    Q5_1,
    /// <summary>32 elements: a scale and 8-bit quants.</summary>
    Q8_0,
    /// <summary>256 elements in 16 groups: 4-bit scales and minimums, 2-bit quants.</summary>
    Q2_K,
    /// <summary>256 elements in 16 groups: 6-bit scales, 3-bit quants.</summary>
    Q3_K,
    /// <summary>256 elements in 8 groups: 6-bit scales and minimums, 4-bit quants.</summary>
    Q4_K,
    /// <summary>256 elements in 8 groups: 6-bit scales and minimums, 5-bit quants.</summary>
    Q5_K,
    /// <summary>256 elements in 16 groups: 8-bit scales, 6-bit quants.</summary>
    Q6_K,
    /// <summary>256 elements: 8 at a time from a codebook of 256, 2.06 bits each.</summary>
    IQ2_XXS,
    /// <summary>256 elements: 8 at a time from a codebook of 512, 2.31 bits each.</summary>
    IQ2_XS,
    /// <summary>256 elements: 8 at a time from a codebook of 1024, 2.56 bits each.</summary>
    IQ2_S,
    /// <summary>256 elements: 4 at a time from a codebook of 256, 3.06 bits each.</summary>
    IQ3_XXS,
    /// <summary>256 elements: 4 at a time from a codebook of 512, 3.44 bits each.</summary>
    IQ3_S,
    /// <summary>256 elements: 8 at a time from a ternary codebook of 2048, 1.56 bits each.</summary>
    IQ1_S,
    /// <summary>256 elements: as IQ1_S with finer scales, 1.75 bits each.</summary>
    IQ1_M,
    /// <summary>32 elements: a scale and 4-bit indices into 16 fixed values.</summary>
    IQ4_NL,
    /// <summary>256 elements in 8 groups: 6-bit scales, 4-bit indices into 16 fixed values.</summary>
    IQ4_XS,
    /// <summary>256 ternary elements, five to a byte.</summary>
    TQ1_0,
    /// <summary>256 ternary elements, four to a byte.</summary>
    TQ2_0,
    /// <summary>32 elements: a power-of-two scale and 4-bit floats (OCP Microscaling).</summary>
    MXFP4,
    /// <summary>64 elements in 4 groups: 8-bit float scales and 4-bit floats.</summary>
    NVFP4,
}

/// <summary>Sizes and kinds of the element types.</summary>
public static class DTypes
{
    extension(DType type)
    {
        /// <summary>Elements that are stored together: 1 for plain numbers, 32, 64 or 256 for block formats.</summary>
        public int BlockElements => Layout(type).Elements;

        /// <summary>Bytes of one block.</summary>
        public int BlockBytes => Layout(type).Bytes;

        /// <summary>Whether the type is a block format.</summary>
        public bool IsBlocked => type >= DType.Q4_0;

        /// <summary>Whether the type is a plain floating-point number.</summary>
        public bool IsFloat => type is DType.F32 or DType.F64 or DType.F16 or DType.BF16;

        /// <summary>Whether the type is a plain signed integer.</summary>
        public bool IsInteger => type is DType.I8 or DType.I16 or DType.I32 or DType.I64;

        /// <summary>Bytes that <paramref name="elements"/> elements occupy.</summary>
        /// <param name="elements">A count, a multiple of <see cref="get_BlockElements"/>, 0 or more.</param>
        /// <exception cref="ArgumentException">The count is no multiple of the block.</exception>
        /// <exception cref="OverflowException">The size does not fit 63 bits.</exception>
        public long ByteLength(long elements)
        {
            var (blockElements, blockBytes) = Layout(type);
            if (elements < 0 || elements % blockElements != 0)
            {
                throw new ArgumentException(
                    $"{elements} elements of {type} do not fill blocks of {blockElements}", nameof(elements));
            }

            return checked(elements / blockElements * blockBytes);
        }
    }

    private static (int Elements, int Bytes) Layout(DType type) => type switch
    {
        DType.I8 or DType.Bool => (1, 1),
        DType.F16 or DType.BF16 or DType.I16 => (1, 2),
        DType.F32 or DType.I32 => (1, 4),
        DType.F64 or DType.I64 => (1, 8),
        DType.Q4_0 or DType.IQ4_NL => (32, 18),
        DType.Q4_1 => (32, 20),
        DType.Q5_0 => (32, 22),
        DType.Q5_1 => (32, 24),
        DType.Q8_0 => (32, 34),
        DType.MXFP4 => (32, 17),
        DType.NVFP4 => (64, 36),
        DType.Q2_K => (256, 84),
        DType.Q3_K => (256, 110),
        DType.Q4_K => (256, 144),
        DType.Q5_K => (256, 176),
        DType.Q6_K => (256, 210),
        DType.IQ1_S => (256, 50),
        DType.IQ1_M => (256, 56),
        DType.IQ2_XXS => (256, 66),
        DType.IQ2_XS => (256, 74),
        DType.IQ2_S => (256, 82),
        DType.IQ3_XXS => (256, 98),
        DType.IQ3_S => (256, 110),
        DType.IQ4_XS => (256, 136),
        DType.TQ1_0 => (256, 54),
        DType.TQ2_0 => (256, 66),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type"),
    };
}
