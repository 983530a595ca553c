namespace Ashlar.Engine;

/// <summary>How likely the model held a token to be, given all before it.</summary>
/// <param name="Token">The token.</param>
/// <param name="LogProbability">The natural logarithm of its probability.</param>
/// <param name="Rank">How many tokens were likelier, plus one; of equals, lower ids count as likelier.</param>
/// <param name="Likeliest">The likeliest tokens, first the likeliest; of equals, lower ids first.</param>
public sealed record TokenLogProbability(
    int Token, float LogProbability, int Rank, IReadOnlyList<(int Token, float LogProbability)> Likeliest)
{
    /// <summary>The tokens of <see cref="GenerationRequest.LogProbabilityTokens"/>, in its order.</summary>
    public IReadOnlyList<(int Token, float LogProbability)> Asked { get; init; } = [];
}
