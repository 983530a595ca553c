namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>How the rows that a matrix is multiplied with are stored.</summary>
internal enum RowForm
{
    /// <summary>Elements of F32, any stride.</summary>
    F32,
    /// <summary>Elements of BF16, rounded to the nearest even; rows of <see cref="BFloat16Rows.Stride"/> bytes.</summary>
    BF16,
    /// <summary>Signed bytes with a scale for every 32, as <see cref="QuantizedRows"/> lays them out.</summary>
    Q8,
}

/// <summary>The layout of rows of BF16.</summary>
internal static class BFloat16Rows
{
    /// <summary>
    /// Bytes from row to row, for an even number of elements. Elements past the last are zeros up to a multiple of 32. The number
    /// of cache lines is odd, so that neighbouring rows do not fall on one another in the first cache.
    /// </summary>
    public static long Stride(long elements) => OddLines.Bytes((elements + 31) / 32 * 64);
}

/// <summary>Sizes in whole cache lines.</summary>
internal static class OddLines
{
    private const long Line = 64;

    /// <summary>The smallest odd number of lines that holds these bytes, in bytes.</summary>
    public static long Bytes(long bytes) => ((bytes + Line - 1) / Line | 1) * Line;
}
