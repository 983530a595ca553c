namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>Sizes in whole cache lines.</summary>
internal static class OddLines
{
    private const long Line = 64;

    /// <summary>The smallest odd number of lines that holds these bytes, in bytes.</summary>
    public static long Bytes(long bytes) => ((bytes + Line - 1) / Line | 1) * Line;
}
