using Ashlar.Engine;
using Ashlar.Models;

namespace Ashlar.Bench.Quality;

/// <summary>
/// Text that a model says itself, at temperature 1: on it the model's perplexity is what its own distribution makes it, and
/// nothing depends on how well the model was trained.
/// </summary>
internal static class SampledText
{
    /// <summary>Windows of token ids, each begun anew.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">How many.</param>
    /// <param name="length">Tokens of each, 2 or more.</param>
    public static int[][] Sample(LanguageModel model, int windows, int length)
    {
        var random = new Random(1);
        using var pass = new ForwardPass(model, length, threads: 0);
        var logits = new float[pass.Vocabulary];
        var text = new int[windows][];
        for (var window = 0; window < windows; window++)
        {
            text[window] = new int[length];
            text[window][0] = model.Tokenizer?.BosId ?? random.Next(pass.Vocabulary);
            for (var i = 1; i < length; i++)
            {
                pass.Run(text[window].AsSpan(i - 1, 1), i - 1, logits);
                text[window][i] = Draw(logits, random.NextDouble());
            }
        }

        return text;
    }

    // The first token up to which the probabilities come to more than the number.
    private static int Draw(ReadOnlySpan<float> logits, double number)
    {
        var largest = logits[0];
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - largest);
        number *= sum;
        for (var token = 0; token < logits.Length; token++)
        {
            number -= Math.Exp(logits[token] - largest);
            if (number < 0) return token;
        }

        return logits.Length - 1;
    }
}
