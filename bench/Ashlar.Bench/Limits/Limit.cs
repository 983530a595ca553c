using Ashlar.Bench.Measuring;

namespace Ashlar.Bench.Limits;

/// <summary>One of the processor's limits: the fastest of some loops that do nothing else.</summary>
/// <param name="Name">What is limited.</param>
/// <param name="Loops">The loops.</param>
internal sealed record Limit(string Name, IReadOnlyList<Trial> Loops)
{
    public const string ReadOneCore = "reading, one core", ReadEveryCore = "reading, every core";

    /// <summary>The name of the peak of an arithmetic, on one core.</summary>
    public static string Peak(Arithmetic arithmetic) => arithmetic switch
    {
        Arithmetic.Int8 => "int8, one core",
        Arithmetic.BFloat16 => "bfloat16, one core",
        _ => "float32, one core",
    };
}

/// <summary>What a limit was measured to be.</summary>
/// <param name="Name">What is limited.</param>
/// <param name="Speed">The fastest loop's, by the median of its rounds.</param>
/// <param name="Loops">All of its loops.</param>
internal sealed record MeasuredLimit(string Name, Speed Speed, IReadOnlyList<Speed> Loops);
