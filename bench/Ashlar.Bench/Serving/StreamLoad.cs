namespace Ashlar.Bench.Serving;

/// <summary>What streams ask for.</summary>
/// <param name="Streams">How many there are at once.</param>
/// <param name="Shared">Tokens that all prompts begin with.</param>
/// <param name="Prompt">Tokens of each prompt behind them.</param>
/// <param name="Tokens">Tokens to generate for each.</param>
internal sealed record StreamLoad(int Streams, int Shared, int Prompt, int Tokens)
{
    /// <summary>Tokens of one sequence.</summary>
    public int Context => Shared + Prompt + Tokens;

    /// <summary>Whether the first stream goes ahead, and the others come when it has its first token.</summary>
    public bool HasLeader { get; init; }
}
