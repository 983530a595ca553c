namespace Ashlar.Cli.Measurement;

/// <summary>What a measurement of perplexity found.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Perplexity">exp of the mean negative log likelihood.</param>
/// <param name="StandardError">The standard error of <paramref name="Perplexity"/>, taking the tokens for independent.</param>
/// <param name="ScoredTokens">Tokens whose likelihood was counted.</param>
/// <param name="Windows">Windows that were computed.</param>
/// <param name="ContextTokens">Tokens of a window.</param>
internal sealed record PerplexityResult(
    string Model, double Perplexity, double StandardError, long ScoredTokens, int Windows, int ContextTokens);
