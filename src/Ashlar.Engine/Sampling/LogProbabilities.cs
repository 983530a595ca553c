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
        var total = LogSumExp(logits);
        var rank = 1;
        for (var i = 0; i < logits.Length; i++)
        {
            if (logits[i] > logits[token] || (logits[i] == logits[token] && i < token)) rank++;
        }

        var best = new (int, float)[Math.Min(likeliest, logits.Length)];
        var found = new PriorityQueue<int, (float, int)>(best.Length + 1); // the least likely first
        for (var i = 0; i < logits.Length && best.Length > 0; i++)
        {
            if (found.Count < best.Length) found.Enqueue(i, (logits[i], -i));
            else if (logits[i] > logits[found.Peek()]) found.EnqueueDequeue(i, (logits[i], -i));
        }

        for (var i = found.Count - 1; i >= 0; i--)
        {
            var next = found.Dequeue();
            best[i] = (next, (float)(logits[next] - total));
        }

        var others = new (int, float)[asked?.Count ?? 0];
        for (var i = 0; i < others.Length; i++) others[i] = (asked![i], (float)(logits[asked[i]] - total));
        return new(token, (float)(logits[token] - total), rank, best) { Asked = others };
    }

    // In the order of the ids, in float64: the bits depend on the logits alone.
    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double most = float.NegativeInfinity;
        foreach (var logit in logits) most = Math.Max(most, logit);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - most);
        return most + Math.Log(sum);
    }
}
