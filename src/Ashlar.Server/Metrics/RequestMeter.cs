using System.Runtime.CompilerServices;
using Ashlar.Engine;

namespace Ashlar.Server.Metrics;

/// <summary>Measures one request to the engine while its updates go by.</summary>
internal sealed class RequestMeter(ModelMetrics metrics, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private long _last;
    private int _tokens;
    private bool _hasEnded;

    /// <summary>The same updates, measured from the moment that the first is asked for.</summary>
    public static async IAsyncEnumerable<GenerationUpdate> Measure(
        IAsyncEnumerable<GenerationUpdate> output,
        ModelMetrics metrics,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var meter = new RequestMeter(metrics, clock);
        var updates = output.GetAsyncEnumerator(cancellationToken);
        var isFailure = true; // unless whoever takes the updates leaves
        try
        {
            while (await updates.MoveNextAsync().ConfigureAwait(false))
            {
                meter.Add(updates.Current);
                isFailure = false;
                yield return updates.Current;
                isFailure = true;
            }
        }
        finally
        {
            meter.End(isFailure && !cancellationToken.IsCancellationRequested ? RequestEnd.Error : RequestEnd.Abort);
            await updates.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Add(GenerationUpdate update)
    {
        var now = clock.GetTimestamp();
        var count = update.Tokens.Length;
        metrics.AddGenerated(count);
        if (count > 0)
        {
            // Several tokens that come together came one after another: the consumer was busy meanwhile.
            if (_tokens > 0) metrics.InterTokenLatency.Observe(clock.GetElapsedTime(_last, now).TotalSeconds / count, count);
            else metrics.TimeToFirstToken.Observe(clock.GetElapsedTime(_started, now).TotalSeconds);
            (_last, _tokens) = (now, _tokens + count);
        }

        if (update.FinishReason is not { } reason) return;
        if (update is { Usage: { } usage, Timings: { } timings }) AddWhole(usage, timings, clock.GetElapsedTime(_started, now));
        End(reason == FinishReason.Length ? RequestEnd.Length : RequestEnd.Stop);
    }

    private void AddWhole(GenerationUsage usage, GenerationTimings timings, TimeSpan latency)
    {
        metrics.AddPrompt(usage.PromptTokens, usage.CachedTokens);
        metrics.RequestPromptTokens.Observe(usage.PromptTokens);
        metrics.RequestGeneratedTokens.Observe(usage.CompletionTokens);
        metrics.RequestLatency.Observe(latency.TotalSeconds);
        metrics.QueueTime.Observe(timings.Queued.TotalSeconds);
        metrics.PrefillTime.Observe(timings.Prefill.TotalSeconds);
        metrics.DecodeTime.Observe(timings.Decode.TotalSeconds);
        metrics.InferenceTime.Observe((timings.Prefill + timings.Decode).TotalSeconds);
        if (usage.CompletionTokens > 1)
        {
            metrics.TimePerOutputToken.Observe(timings.Decode.TotalSeconds / (usage.CompletionTokens - 1));
        }
    }

    private void End(RequestEnd end)
    {
        if (_hasEnded) return;
        _hasEnded = true;
        metrics.AddEnded(end);
    }
}
