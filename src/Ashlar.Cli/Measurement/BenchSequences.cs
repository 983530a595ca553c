using Ashlar.Cli.Streams;
using Ashlar.Engine;
using Ashlar.Models;

namespace Ashlar.Cli.Measurement;

/// <summary>Sequences of random tokens: prompts that are computed in chunks as the engine does, and tokens behind them.</summary>
/// <param name="model">The model.</param>
/// <param name="contextLength">The most tokens of a sequence.</param>
/// <param name="threads">Threads that compute.</param>
/// <param name="sequences">How many sequences there are.</param>
internal sealed class BenchSequences(LanguageModel model, int contextLength, int threads, int sequences) : IDisposable
{
    /// <summary>The most tokens of a prompt that are computed at once.</summary>
    public const int Chunk = 512;

    private readonly ForwardPass _pass = new(model, contextLength, threads, sequences);
    private readonly Random _random = new(1);

    /// <summary>The most tokens of a sequence.</summary>
    public int ContextLength => contextLength;

    /// <summary>Computes a sequence's prompt from its beginning.</summary>
    public void Prefill(int sequence, int tokens)
    {
        for (var done = 0; done < tokens; done += Chunk)
        {
            StandardError.Status($"prefill: {done} of {tokens} tokens");
            Run(sequence, done, Math.Min(Chunk, tokens - done));
        }
    }

    /// <summary>Computes a part of a sequence at once; the logits of its last token.</summary>
    public void Run(int sequence, int position, int count)
    {
        int[] sequences = [.. Enumerable.Repeat(sequence, count)];
        _pass.Run(Tokens(count), [.. Enumerable.Range(position, count)], sequences, [count - 1], new float[_pass.Vocabulary]);
    }

    /// <summary>Computes one token for every sequence in each step, from a position on.</summary>
    public void Decode(int steps, int position, string phase)
    {
        int[] all = [.. Enumerable.Range(0, sequences)];
        var (positions, logits) = (new int[sequences], new float[sequences * _pass.Vocabulary]);
        for (var step = 0; step < steps; step++)
        {
            if (step % 8 == 0) StandardError.Status($"{phase}: {step} of {steps} tokens");
            Array.Fill(positions, position + step);
            _pass.Run(Tokens(sequences), positions, all, all, logits);
        }
    }

    public void Dispose() => _pass.Dispose();

    private int[] Tokens(int count)
    {
        var tokens = new int[count];
        foreach (ref var token in tokens.AsSpan()) token = _random.Next(model.Configuration.VocabularySize);
        return tokens;
    }
}
