using Ashlar.Cli.Streams;
using Ashlar.Engine;
using Ashlar.Models;

namespace Ashlar.Cli.Measurement;

/// <summary>Measures perplexity over windows of a text, as llama.cpp does, so that figures compare.</summary>
internal static class Perplexity
{
    private const int Chunk = 64;

    /// <summary>Scores the second half of every whole window.</summary>
    /// <param name="model">A model with a tokenizer.</param>
    /// <param name="tokens">The text, with the special tokens that the model wants.</param>
    /// <param name="window">Tokens of a window, 4 or more, at most as many as the text has.</param>
    /// <param name="threads">Threads that compute, 0 for one for each processor.</param>
    public static PerplexityResult Measure(LanguageModel model, int[] tokens, int window, int threads)
    {
        var (windows, first) = (tokens.Length / window, window / 2);
        int? bos = model.Tokenizer is { } tokenizer && tokenizer.Prefix is [var prefix, ..] && prefix == tokenizer.BosId
            ? prefix
            : null;
        using var pass = new ForwardPass(model, window, threads);
        var (scores, logits) = (new RunningMoments(), new float[Chunk * pass.Vocabulary]);
        for (var index = 0; index < windows; index++)
        {
            var soFar = index == 0 ? "" : $", perplexity {Math.Exp(scores.Mean):F4}";
            StandardError.Status($"window {index + 1} of {windows}{soFar}");
            var text = tokens.AsSpan(index * window, window).ToArray();
            if (bos is { } begin) text[0] = begin;
            for (var from = 0; from < window; from += Chunk)
            {
                var count = Math.Min(Chunk, window - from);
                pass.RunAll(text.AsSpan(from, count), from, logits);
                for (var i = 0; i < count; i++)
                {
                    // The logits at a position speak of the token behind it; the last position's speak of no token here.
                    var next = from + i + 1;
                    if (next <= first || next >= window) continue;
                    scores.Add(Surprise(logits.AsSpan(i * pass.Vocabulary, pass.Vocabulary), text[next]));
                }
            }
        }

        StandardError.ClearStatus();
        var perplexity = Math.Exp(scores.Mean);
        return new PerplexityResult(model.Name, perplexity, perplexity * scores.StandardError, scores.Count, windows, window);
    }

    // -log softmax(logits)[token], in float64.
    private static double Surprise(ReadOnlySpan<float> logits, int token)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - (double)largest);
        return Math.Log(sum) - (logits[token] - (double)largest);
    }
}
