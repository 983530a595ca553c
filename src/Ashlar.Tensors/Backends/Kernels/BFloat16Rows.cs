namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>The layout of rows of BF16.</summary>
internal static class BFloat16Rows
{
    /// <summary>
    /// Bytes from row to row, for an even number of elements. Elements past the last are zeros up to a multiple of 32. The number
    /// of cache lines is odd, so that neighbouring rows do not fall on one another in the first cache.
    /// </summary>
    public static long Stride(long elements) => OddLines.Bytes((elements + 31) / 32 * 64);
}
