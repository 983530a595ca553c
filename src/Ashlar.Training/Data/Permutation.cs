using System.Numerics;

namespace Ashlar.Training.Data;

/// <summary>
/// A random order of 0 .. count - 1 that is computed where it is asked for, and takes no memory: a Feistel network over the least
/// even number of bits that holds the count, walked again where it leads beyond (Black and Rogaway, 2002).
/// </summary>
internal readonly struct Permutation
{
    private const int Rounds = 6;

    private readonly ulong _seed;
    private readonly ulong _count;
    private readonly int _halfBits;

    /// <summary>The order that a seed gives.</summary>
    public Permutation(long count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (_count, _seed) = ((ulong)count, seed);
        _halfBits = Math.Max(1, (BitOperations.Log2(_count) + 2) / 2);
    }

    /// <summary>What stands at a place, 0 to count - 1.</summary>
    public long At(long place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)place, _count, nameof(place));
        var value = (ulong)place;
        do
        {
            value = Walk(value);
        }
        while (value >= _count);
        return (long)value;
    }

    private ulong Walk(ulong value)
    {
        var mask = (1UL << _halfBits) - 1;
        var (left, right) = (value >> _halfBits, value & mask);
        for (var round = 0; round < Rounds; round++)
        {
            (left, right) = (right, left ^ (Hash.Of(_seed, ((ulong)round << 56) ^ right) & mask));
        }

        return (left << _halfBits) | right;
    }
}
