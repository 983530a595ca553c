namespace Ashlar.Server.Metrics;

/// <summary>What is counted of a model's requests, under the names and in the buckets of vLLM.</summary>
internal sealed class ModelMetrics
{
    private static readonly double[] LatencySeconds =
        [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680];

    private static readonly double[] TokenSeconds =
        [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];

    private static readonly double[] TokenCounts =
        [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

    private readonly long[] _ended = new long[Enum.GetValues<RequestEnd>().Length];
    private long _promptTokens, _generatedTokens, _cachedTokens;

    public long PromptTokens => Interlocked.Read(ref _promptTokens);

    public long GeneratedTokens => Interlocked.Read(ref _generatedTokens);

    /// <summary>Tokens of prompts that were not computed, as their keys and values were there.</summary>
    public long CachedTokens => Interlocked.Read(ref _cachedTokens);

    public Histogram TimeToFirstToken { get; } = new(
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560);

    /// <summary>Time between two tokens of an output.</summary>
    public Histogram InterTokenLatency { get; } = new(TokenSeconds);

    /// <summary>Of a whole request: the time per token after the first.</summary>
    public Histogram TimePerOutputToken { get; } = new(TokenSeconds);

    public Histogram RequestLatency { get; } = new(LatencySeconds);

    public Histogram QueueTime { get; } = new(LatencySeconds);

    public Histogram PrefillTime { get; } = new(LatencySeconds);

    public Histogram DecodeTime { get; } = new(LatencySeconds);

    public Histogram InferenceTime { get; } = new(LatencySeconds);

    public Histogram RequestPromptTokens { get; } = new(TokenCounts);

    public Histogram RequestGeneratedTokens { get; } = new(TokenCounts);

    public long Ended(RequestEnd end) => Interlocked.Read(ref _ended[(int)end]);

    public void AddPrompt(int tokens, int cached)
    {
        Interlocked.Add(ref _promptTokens, tokens);
        Interlocked.Add(ref _cachedTokens, cached);
    }

    public void AddGenerated(int tokens) => Interlocked.Add(ref _generatedTokens, tokens);

    public void AddEnded(RequestEnd end) => Interlocked.Increment(ref _ended[(int)end]);
}
