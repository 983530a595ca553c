using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Engine.Sampling;

/// <summary>Log probabilities of logits.</summary>
internal static class LogProbabilities
{
    /// <summary>Looks at one token's logits.</summary>
    /// <param name="logits">One for each token of the vocabulary.</param>
    /// <param name="token">The token that comes next.</param>
    /// <param name="likeliest">How many of the likeliest to name.</param>
    /// <param name="asked">Others to name.</param>
    public static TokenLogProbability Of(ReadOnlySpan<float> logits, int token, int likeliest, IReadOnlyList<int>? asked = null)
    {
        var total = Exponentials.LogSumExp(logits);
        var logit = logits[token];
        var rank = 1 + token - CountLess(logits[..token], logit) + CountLarger(logits[(token + 1)..], logit);

        var best = new (int, float)[Math.Min(likeliest, logits.Length)];
        Span<(int Token, float Logit)> found = stackalloc (int, float)[best.Length];
        FindLikeliest(logits, found);
        for (var i = 0; i < best.Length; i++) best[i] = (found[i].Token, (float)(found[i].Logit - total));

        var others = new (int, float)[asked?.Count ?? 0];
        for (var i = 0; i < others.Length; i++) others[i] = (asked![i], (float)(logits[asked[i]] - total));
        return new(token, (float)(logit - total), rank, best) { Asked = others };
    }

    private static int CountLarger(ReadOnlySpan<float> logits, float than)
    {
        var counts = Vector512<int>.Zero; // what is true is -1
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        foreach (ref readonly var some in whole) counts -= Vector512.GreaterThan(some, Vector512.Create(than)).AsInt32();
        var count = Vector512.Sum(counts);
        foreach (var logit in logits[(whole.Length * Exponentials.Lanes)..]) count += logit > than ? 1 : 0;
        return count;
    }

    private static int CountLess(ReadOnlySpan<float> logits, float than)
    {
        var counts = Vector512<int>.Zero;
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        foreach (ref readonly var some in whole) counts -= Vector512.LessThan(some, Vector512.Create(than)).AsInt32();
        var count = Vector512.Sum(counts);
        foreach (var logit in logits[(whole.Length * Exponentials.Lanes)..]) count += logit < than ? 1 : 0;
        return count;
    }

    // First the likeliest; of equals, the lowest id: whoever comes later must be larger.
    private static void FindLikeliest(ReadOnlySpan<float> logits, Span<(int Token, float Logit)> best)
    {
        if (best.IsEmpty) return;
        for (var i = 0; i < best.Length; i++) Insert(best[..(i + 1)], i, logits[i]);
        var token = best.Length;
        while (token < logits.Length)
        {
            var least = best[^1].Logit;
            var rest = MemoryMarshal.Cast<float, Vector512<float>>(logits[token..]);
            var skipped = 0;
            ulong larger = 0;
            while (skipped < rest.Length)
            {
                larger = Vector512.GreaterThan(rest[skipped], Vector512.Create(least)).ExtractMostSignificantBits();
                if (larger != 0) break;
                skipped++;
            }

            token += skipped * Exponentials.Lanes + (larger == 0 ? 0 : BitOperations.TrailingZeroCount(larger));
            while (larger == 0 && token < logits.Length && !(logits[token] > least)) token++;
            if (token == logits.Length) return;
            Insert(best, token, logits[token]);
            token++;
        }
    }

    // The last gives way.
    private static void Insert(Span<(int Token, float Logit)> best, int token, float logit)
    {
        var place = best.Length - 1;
        for (; place > 0 && best[place - 1].Logit < logit; place--) best[place] = best[place - 1];
        best[place] = (token, logit);
    }
}
