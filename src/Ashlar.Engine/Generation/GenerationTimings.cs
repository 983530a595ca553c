namespace Ashlar.Engine;

/// <summary>Where the time of a finished generation went.</summary>
/// <param name="Queued">From the request's arrival until its first token was computed upon.</param>
/// <param name="Prefill">Until the first token was generated.</param>
/// <param name="Decode">From then until the last.</param>
public readonly record struct GenerationTimings(TimeSpan Queued, TimeSpan Prefill, TimeSpan Decode)
{
    /// <summary>The times of two generations, as if one had come after the other.</summary>
    public static GenerationTimings operator +(GenerationTimings left, GenerationTimings right) =>
        new(left.Queued + right.Queued, left.Prefill + right.Prefill, left.Decode + right.Decode);
}
