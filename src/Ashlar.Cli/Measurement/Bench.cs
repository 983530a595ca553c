using System.Diagnostics;
using Ashlar.Cli.Streams;
using Ashlar.Engine;
using Ashlar.Models;

namespace Ashlar.Cli.Measurement;

/// <summary>
/// Measures a model's speed: random prompts, one for each sequence, are computed in chunks as the engine does, then each
/// sequence generates behind its prompt. Everything is run once, for a moment, before it is timed: memory that has rested may
/// have been reclaimed, and code is compiled as it is used.
/// </summary>
internal sealed class Bench(LanguageModel model, int promptTokens, int generatedTokens, int threads)
{
    private const int Chunk = 128;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(1);

    /// <summary>The speeds of one sequence; null where there is nothing to measure.</summary>
    public (double? Prefill, double? Decode) MeasureOne()
    {
        using var pass = NewPass(sequences: 1);
        WarmUp(pass);
        var prefill = Time("prefill", promptTokens, () => Prefill(pass, sequence: 0));
        var decode = Time("decode", generatedTokens, () => Decode(pass, generatedTokens, "decode"));
        return (prefill, decode);
    }

    /// <summary>The speed of several sequences that generate together.</summary>
    public BatchResult MeasureBatch(int sequences)
    {
        using var pass = NewPass(sequences);
        for (var sequence = 0; sequence < sequences; sequence++)
        {
            StandardError.Status($"batch of {sequences}: prompt {sequence + 1}");
            Prefill(pass, sequence);
        }

        var phase = $"batch of {sequences}";
        Repeat(() => Decode(pass, steps: 1, phase));
        return new BatchResult(sequences, Time(phase, sequences * generatedTokens, () => Decode(pass, generatedTokens, phase)) ?? 0);
    }

    private ForwardPass NewPass(int sequences) => new(model, promptTokens + generatedTokens, threads, sequences);

    private void WarmUp(ForwardPass pass)
    {
        StandardError.Status("warming up");
        if (promptTokens > 0) Repeat(() => Run(pass, sequence: 0, position: 0, Math.Min(Chunk, promptTokens)));
        if (generatedTokens > 0) Repeat(() => Decode(pass, steps: 1, "warming up"));
    }

    // Long enough for the run-time compiler to have made its best of the code; once where the model is large.
    private static void Repeat(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        do run();
        while (Stopwatch.GetElapsedTime(start) < WarmUpTime);
    }

    private void Prefill(ForwardPass pass, int sequence)
    {
        for (var done = 0; done < promptTokens; done += Chunk)
        {
            StandardError.Status($"prefill: {done} of {promptTokens} tokens");
            Run(pass, sequence, done, Math.Min(Chunk, promptTokens - done));
        }
    }

    // A chunk of one prompt; the logits of its last token.
    private void Run(ForwardPass pass, int sequence, int position, int count)
    {
        int[] sequences = [.. Enumerable.Repeat(sequence, count)];
        pass.Run(Tokens(count), [.. Enumerable.Range(position, count)], sequences, [count - 1], new float[pass.Vocabulary]);
    }

    // One token for every sequence in each step.
    private void Decode(ForwardPass pass, int steps, string phase)
    {
        int[] sequences = [.. Enumerable.Range(0, pass.Sequences)];
        var (positions, logits) = (new int[sequences.Length], new float[sequences.Length * pass.Vocabulary]);
        for (var step = 0; step < steps; step++)
        {
            if (step % 8 == 0) StandardError.Status($"{phase}: {step} of {steps} tokens");
            Array.Fill(positions, promptTokens + step);
            pass.Run(Tokens(sequences.Length), positions, sequences, sequences, logits);
        }
    }

    private int[] Tokens(int count)
    {
        var tokens = new int[count];
        foreach (ref var token in tokens.AsSpan()) token = _random.Next(model.Configuration.VocabularySize);
        return tokens;
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
