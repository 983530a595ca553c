using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Hashes of short byte strings and of numbers, seeded once for each process so that no file can be written whose keys
/// collide. The mixing step is a 64 x 64 bit product, folded.
/// </summary>
internal static class SeededHash
{
    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ulong key)
    {
        var high = Math.BigMul(key ^ Seed, 0x9E37_79B9_7F4A_7C15, out var low);
        return (uint)(high ^ low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        ulong rest = 0;
        for (var i = bytes.Length - 1; i >= 0; i--) rest = (rest << 8) | bytes[i];
        hash = Mix(hash, rest);
        return (uint)(hash ^ (hash >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash, ulong word)
    {
        var high = Math.BigMul(hash ^ word, Seed ^ 0x9E37_79B9_7F4A_7C15, out var low);
        return high ^ low;
    }
}
