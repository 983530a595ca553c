namespace Ashlar.Models.Synthetic;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): random numbers of which every seed gives others.</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = Mix(seed);

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>From 0 to 1, exclusive.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
