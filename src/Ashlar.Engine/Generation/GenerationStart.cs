namespace Ashlar.Engine;

/// <summary>What is known of a generation when its first token comes.</summary>
/// <param name="Usage">What it has taken so far; no token is counted as generated yet.</param>
/// <param name="Timings">Where the time went until then; none in decode.</param>
public sealed record GenerationStart(GenerationUsage Usage, GenerationTimings Timings);
