namespace Ashlar.Training.Data;

/// <summary>
/// Random numbers without a state: each follows from what it is asked for (after SplitMix64; Steele and others, 2014).
/// </summary>
internal static class Hash
{
    /// <summary>64 random bits of a number.</summary>
    public static ulong Of(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>64 random bits of a seed and a number.</summary>
    public static ulong Of(ulong seed, ulong value) => Of(Of(seed) ^ (value * 0xD6E8FEB86659FD93));

    /// <summary>Of text, whatever machine computes it.</summary>
    public static ulong Of(string text)
    {
        var hash = (ulong)text.Length;
        foreach (var letter in text) hash = Of(hash, letter);
        return hash;
    }

    /// <summary>From 0 to 1, exclusive.</summary>
    public static double Uniform(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}
