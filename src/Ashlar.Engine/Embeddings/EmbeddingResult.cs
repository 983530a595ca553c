namespace Ashlar.Engine;

/// <summary>The vector of a text.</summary>
/// <param name="Vector">As many numbers as were asked for.</param>
/// <param name="Usage">What it took.</param>
/// <param name="Timings">How long it took.</param>
public sealed record EmbeddingResult(ReadOnlyMemory<float> Vector, GenerationUsage Usage, GenerationTimings Timings);
