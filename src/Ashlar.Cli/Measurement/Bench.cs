using System.Diagnostics;
using Ashlar.Cli.Streams;
using Ashlar.Models;

namespace Ashlar.Cli.Measurement;

/// <summary>
/// Measures a model's speed: random prompts, one for each sequence, are computed, then each sequence generates behind its prompt.
/// Everything is run once, for a moment, before it is timed: memory that has rested may have been reclaimed, and code is compiled
/// as it is used.
/// </summary>
internal sealed class Bench(LanguageModel model, int promptTokens, int generatedTokens, int threads)
{
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1);

    /// <summary>The speeds of one sequence; null where there is nothing to measure.</summary>
    public (double? Prefill, double? Decode) MeasureOne()
    {
        using var one = NewSequences(1);
        WarmUp(one);
        var prefill = Time("prefill", promptTokens, () => one.Prefill(sequence: 0, promptTokens));
        var decode = Time("decode", generatedTokens, () => one.Decode(generatedTokens, promptTokens, "decode"));
        return (prefill, decode);
    }

    /// <summary>The speed of several sequences that generate together.</summary>
    public BatchResult MeasureBatch(int sequences)
    {
        using var all = NewSequences(sequences);
        for (var sequence = 0; sequence < sequences; sequence++)
        {
            StandardError.Status($"batch of {sequences}: prompt {sequence + 1}");
            all.Prefill(sequence, promptTokens);
        }

        var phase = $"batch of {sequences}";
        Repeat(() => all.Decode(steps: 1, promptTokens, phase));
        return new BatchResult(
            sequences, Time(phase, sequences * generatedTokens, () => all.Decode(generatedTokens, promptTokens, phase)) ?? 0);
    }

    private BenchSequences NewSequences(int count) => new(model, promptTokens + generatedTokens, threads, count);

    private void WarmUp(BenchSequences one)
    {
        StandardError.Status("warming up");
        if (promptTokens > 0) Repeat(() => one.Run(sequence: 0, position: 0, Math.Min(BenchSequences.Chunk, promptTokens)));
        if (generatedTokens > 0) Repeat(() => one.Decode(steps: 1, promptTokens, "warming up"));
    }

    // Long enough for the run-time compiler to have made its best of the code; once where the model is large.
    private static void Repeat(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        do run();
        while (Stopwatch.GetElapsedTime(start) < WarmUpTime);
    }

    private static double? Time(string phase, int tokens, Action run)
    {
        if (tokens == 0) return null;
        StandardError.Status(phase);
        var start = Stopwatch.GetTimestamp();
        run();
        return tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
