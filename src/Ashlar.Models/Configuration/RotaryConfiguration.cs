using Ashlar.Tensors;

namespace Ashlar.Models;

/// <summary>A rotary position embedding.</summary>
/// <param name="Dimensions">How many elements of a head are turned, even.</param>
/// <param name="Base">The base of the geometric sequence of wavelengths.</param>
/// <param name="Layout">Which elements form a pair.</param>
/// <param name="Scaling">How a longer context was reached; null for not at all.</param>
public sealed record RotaryConfiguration(int Dimensions, double Base, RotaryLayout Layout, RotaryScaling? Scaling = null)
{
    /// <summary>Radians per position of each pair.</summary>
    /// <param name="divisors">What the unscaled frequencies are divided by, one for each pair (llama 3.1's <c>rope_freqs</c>);
    /// empty for none.</param>
    internal float[] Frequencies(ReadOnlySpan<float> divisors)
    {
        var frequencies = new float[Dimensions / 2];
        for (var pair = 0; pair < frequencies.Length; pair++)
        {
            var frequency = Math.Pow(Base, -2.0 * pair / Dimensions);
            if (!divisors.IsEmpty) frequency /= divisors[pair];
            frequencies[pair] = (float)(Scaling?.Scale(frequency, pair, this) ?? frequency);
        }

        return frequencies;
    }

    /// <summary>The factor on what is turned.</summary>
    internal double Magnitude => Scaling?.Magnitude ?? 1;
}
