namespace Ashlar.Bench.Quality;

/// <summary>How a model's logits do on a text, and how near they are to those of the model that it was made from.</summary>
/// <param name="Perplexity">Of the text.</param>
/// <param name="Divergence">The mean Kullback-Leibler divergence from the original's distributions, in nats.</param>
/// <param name="SameToken">The share of positions at which both find the same token likeliest.</param>
internal sealed record Agreement(double Perplexity, double Divergence, double SameToken)
{
    /// <summary>Compares.</summary>
    /// <param name="text">Windows of token ids.</param>
    /// <param name="logits">(windows, tokens, vocabulary)</param>
    /// <param name="original">The original's, of the same shape.</param>
    public static Agreement Of(int[][] text, float[] logits, float[] original)
    {
        var vocabulary = original.Length / text.Sum(window => window.Length);
        if (logits.Length != original.Length)
        {
            throw new InvalidDataException($"there are {logits.Length} logits, where the original has {original.Length}");
        }

        var (surprise, divergence, same, count, positions) = (0.0, 0.0, 0, 0, 0);
        var (own, first) = (new double[vocabulary], new double[vocabulary]);
        foreach (var window in text)
        {
            for (var i = 0; i < window.Length; i++, positions++)
            {
                LogProbabilities(logits.AsSpan(positions * vocabulary, vocabulary), own);
                LogProbabilities(original.AsSpan(positions * vocabulary, vocabulary), first);
                for (var token = 0; token < vocabulary; token++)
                {
                    divergence += Math.Exp(first[token]) * (first[token] - own[token]);
                }

                if (own.IndexOf(own.Max()) == first.IndexOf(first.Max())) same++;
                if (i + 1 == window.Length) continue; // nothing is behind the last token to be surprised by
                surprise -= own[window[i + 1]];
                count++;
            }
        }

        return new Agreement(Math.Exp(surprise / count), divergence / positions, (double)same / positions);
    }

    private static void LogProbabilities(ReadOnlySpan<float> logits, double[] result)
    {
        var largest = logits[0];
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - (double)largest);
        var shift = largest + Math.Log(sum);
        for (var i = 0; i < result.Length; i++) result[i] = logits[i] - shift;
    }
}
