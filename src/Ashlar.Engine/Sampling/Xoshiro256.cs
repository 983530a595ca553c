using System.Numerics;

namespace Ashlar.Engine.Sampling;

/// <summary>
/// The generator behind every draw: xoshiro256** (Blackman and Vigna 2018), its state filled from the seed by SplitMix64
/// (Steele, Lea and Flood 2014). Our own rather than <see cref="Random"/>, so that a seed means the same text under every
/// version of .NET.
/// </summary>
internal struct Xoshiro256
{
    private ulong _a, _b, _c, _d;

    internal Xoshiro256(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    public static Xoshiro256 FromSeed(long seed)
    {
        var counter = (ulong)seed;
        return new(SplitMix64(ref counter), SplitMix64(ref counter), SplitMix64(ref counter), SplitMix64(ref counter));
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A multiple of 2^-53 in [0, 1), each as likely.</summary>
    public double NextUniform() => (Next() >> 11) * (1.0 / (1L << 53));

    internal static ulong SplitMix64(ref ulong counter)
    {
        counter += 0x9E3779B97F4A7C15;
        var mixed = (counter ^ (counter >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
