using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Numbers of 16 bits as F32, exactly.</summary>
internal static unsafe class HalfNumbers
{
    /// <summary>Decodes F16.</summary>
    /// <param name="halves">The numbers.</param>
    /// <param name="numbers">Receives them.</param>
    /// <param name="count">How many, a multiple of 8.</param>
    public static void Decode(ushort* halves, float* numbers, long count)
    {
        // Moved up to where F32 keeps its magnitude, the exponent is 112 short, in subnormals too. Infinities and what is not a
        // number come out as 2^16 and more, and the highest exponent makes them what they were.
        var bias = Vector256.Create(BitConverter.Int32BitsToSingle((127 + 112) << 23));
        for (long i = 0; i < count; i += Vector256<float>.Count)
        {
            var bits = Vector256.WidenLower(Vector128.Load(halves + i).ToVector256Unsafe());
            var magnitude = (bits & Vector256.Create(0x7FFFu)) << 13;
            var sign = (bits & Vector256.Create(0x8000u)) << 16;
            var highest = Vector256.GreaterThan(magnitude.AsInt32(), Vector256.Create(0x0F7FFFFF)) & Vector256.Create(0x7F800000);
            ((magnitude.AsSingle() * bias).AsUInt32() | highest.AsUInt32() | sign).AsSingle().Store(numbers + i);
        }
    }
}
