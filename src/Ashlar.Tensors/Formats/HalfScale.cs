using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>Stores scales as f16.</summary>
internal static class HalfScale
{
    /// <summary>
    /// Writes a scale that is measured in units, and returns, in units, what was stored: rounded, and saturated at 65504.
    /// </summary>
    public static float Write(float scale, float unit, Span<byte> destination)
    {
        var limit = (float)Half.MaxValue;
        var stored = (Half)Math.Clamp(scale * unit, -limit, limit);
        WriteHalfLittleEndian(destination, stored);
        return (float)stored / unit;
    }
}
