namespace Ashlar.Models;

/// <summary>How a rotary embedding was stretched to a longer context than it was first trained on.</summary>
public abstract record RotaryScaling
{
    private protected RotaryScaling() { }

    internal virtual double Magnitude => 1;

    internal abstract double Scale(double frequency, int pair, RotaryConfiguration rotary);
}

/// <summary>Every frequency is divided by one factor (Chen et al., 2023).</summary>
/// <param name="Factor">The factor, above 0.</param>
public sealed record LinearScaling(double Factor) : RotaryScaling
{
    internal override double Scale(double frequency, int pair, RotaryConfiguration rotary) => frequency / Factor;
}

/// <summary>Long wavelengths are divided by a factor, short ones kept, those between blended (llama 3.1).</summary>
/// <param name="Factor">The factor of the longest wavelengths.</param>
/// <param name="LowFrequencyFactor">A wavelength above the original length / this is long.</param>
/// <param name="HighFrequencyFactor">A wavelength below the original length / this is short.</param>
/// <param name="OriginalContextLength">The context of the first training, in tokens.</param>
public sealed record Llama3Scaling(
    double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalContextLength) : RotaryScaling
{
    internal override double Scale(double frequency, int pair, RotaryConfiguration rotary)
    {
        var turns = OriginalContextLength * frequency / (2 * Math.PI);
        var kept = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
        return frequency * (kept + (1 - kept) / Factor);
    }
}

/// <summary>
/// YaRN (Peng et al., 2023): pairs that turn often keep their frequency, slow ones are divided, with a ramp between.
/// </summary>
/// <param name="Factor">What slow pairs are divided by.</param>
/// <param name="OriginalContextLength">The context of the first training, in tokens.</param>
/// <param name="BetaFast">Pairs that turn more often than this in the original context are kept.</param>
/// <param name="BetaSlow">Pairs that turn less often than this are divided.</param>
/// <param name="AttentionFactor">The factor on what is turned.</param>
public sealed record YarnScaling(
    double Factor, int OriginalContextLength, double BetaFast, double BetaSlow, double AttentionFactor) : RotaryScaling
{
    /// <summary>The paper's factor on what is turned, 0.1 m ln(s) + 1.</summary>
    internal static double DefaultAttentionFactor(double factor, double multiplier = 1) =>
        factor <= 1 ? 1 : 0.1 * multiplier * Math.Log(factor) + 1;

    internal override double Magnitude => AttentionFactor;

    internal override double Scale(double frequency, int pair, RotaryConfiguration rotary)
    {
        var low = Math.Max(0, Math.Floor(PairThatTurns(BetaFast, rotary)));
        var high = Math.Min(rotary.Dimensions - 1, Math.Ceiling(PairThatTurns(BetaSlow, rotary)));
        var divided = Math.Clamp((pair - low) / Math.Max(0.001, high - low), 0, 1);
        return frequency * (1 - divided + divided / Factor);
    }

    // The (fractional) pair that turns so many times in the original context.
    private double PairThatTurns(double times, RotaryConfiguration rotary) =>
        rotary.Dimensions * Math.Log(OriginalContextLength / (times * 2 * Math.PI)) / (2 * Math.Log(rotary.Base));
}
