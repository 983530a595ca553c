namespace Ashlar.Bench.Attention;

/// <summary>What is measured of attention.</summary>
/// <param name="Streams">Numbers of streams that decode.</param>
/// <param name="Prefix">Positions of their common prefix.</param>
/// <param name="Own">Positions of each stream behind it.</param>
/// <param name="Prompt">Tokens of a prompt that are computed at once.</param>
/// <param name="Behind">Numbers of positions before these.</param>
internal sealed record AttentionSteps(
    IReadOnlyList<int> Streams, int Prefix, int Own, int Prompt, IReadOnlyList<int> Behind);
