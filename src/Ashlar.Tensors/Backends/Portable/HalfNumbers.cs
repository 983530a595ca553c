using System.Runtime.CompilerServices;
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
        for (long i = 0; i < count; i += Vector256<float>.Count) Decode(Vector128.Load(halves + i)).Store(numbers + i);
    }

    /// <summary>Decodes eight F16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Decode(Vector128<ushort> halves)
    {
        // Moved up to where F32 keeps its magnitude, the exponent is 112 short, in subnormals too. Infinities and what is not a
        // number come out as 2^16 and more, and the highest exponent makes them what they were.
        const float TwoTo112 = 5.192296858534828e33f;
        var bits = Vector256.WidenLower(halves.ToVector256Unsafe());
        var magnitude = (bits & Vector256.Create(0x7FFFu)) << 13;
        var sign = (bits & Vector256.Create(0x8000u)) << 16;
        var highest = Vector256.GreaterThan(magnitude.AsInt32(), Vector256.Create(0x0F7FFFFF)) & Vector256.Create(0x7F800000);
        return ((magnitude.AsSingle() * Vector256.Create(TwoTo112)).AsUInt32() | highest.AsUInt32() | sign).AsSingle();
    }
}
