namespace Ashlar.Engine.Sampling;

/// <summary>The likeliest token.</summary>
internal static class Greedy
{
    /// <summary>The token with the largest logit; of equals, the lowest id.</summary>
    /// <param name="logits">One for each token of the vocabulary; negative infinity forbids a token.</param>
    /// <exception cref="NotFiniteNumberException">
    /// A logit is not a number or positive infinity, or every token is forbidden.
    /// </exception>
    public static int Pick(ReadOnlySpan<float> logits)
    {
        var best = -1;
        var largest = float.NegativeInfinity;
        for (var token = 0; token < logits.Length; token++)
        {
            var logit = logits[token];
            if (!(logit < float.PositiveInfinity)) ThrowNotFinite(token, logit);
            if (logit > largest) (best, largest) = (token, logit);
        }

        if (best < 0) ThrowNothingPossible();
        return best;
    }

    private static void ThrowNotFinite(int token, float logit) => throw new NotFiniteNumberException(
        $"the logit of token {token} is {(float.IsNaN(logit) ? "not a number" : "infinite")}: "
            + "the model's weights are damaged, or too large for its number format",
        logit);

    private static void ThrowNothingPossible() => throw new NotFiniteNumberException(
        "every logit is negative infinity, so that no token is possible: "
            + "the model's weights are damaged, or every token was forbidden");
}
