using System.Runtime.CompilerServices;

namespace Ashlar.Training.Optimizers;

/// <summary>Checks the numbers that optimizers are made with.</summary>
internal static class OptimizerRange
{
    /// <summary>What a mean keeps in a step: 0 or more, and below 1.</summary>
    public static double Memory(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value,
            $"{name} must be 0 or more and below 1");

    /// <summary>Above 0 and finite.</summary>
    public static float Positive(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value > 0 && double.IsFinite(value)
            ? (float)value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0");
}
