using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ashlar.Engine.Tracing;

/// <summary>
/// A span for each generation, under the attributes of OpenTelemetry's conventions for generative AI, and those that vLLM has
/// beside them. Neither prompts nor outputs are in it. Where nobody listens there is no span, and nothing is paid.
/// </summary>
internal sealed class GenerationTrace
{
    /// <summary>The name of the source, by which listeners ask for its spans.</summary>
    public const string SourceName = "Ashlar.Engine";

    private static readonly ActivitySource Source =
        new(SourceName, typeof(GenerationTrace).Assembly.GetName().Version?.ToString(3));

    private readonly Activity _span;
    private bool _hasEnded;

    private GenerationTrace(Activity span) => _span = span;

    /// <summary>Whether anybody listens.</summary>
    public static bool IsListenedTo => Source.HasListeners();

    /// <summary>The same updates, with a span around them that is a part of the caller's, if there is one.</summary>
    /// <param name="output">The updates.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="isPooled">Whether a vector is wanted, and no tokens.</param>
    /// <param name="cancellationToken">Ends the generation.</param>
    public static async IAsyncEnumerable<GenerationUpdate> Follow(
        IAsyncEnumerable<GenerationUpdate> output, string model, GenerationRequest request, bool isPooled,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var trace = Begin(model, request, isPooled);
        var updates = output.GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false)) break;
                }
                catch (Exception error)
                {
                    trace?.Fail(error);
                    throw;
                }

                trace?.Add(updates.Current);
                yield return updates.Current;
            }
        }
        finally
        {
            trace?.End();
            await updates.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Whoever samples may want no span.
    private static GenerationTrace? Begin(string model, GenerationRequest request, bool isPooled)
    {
        var operation = isPooled ? "embeddings" : "text_completion";
        if (Source.StartActivity($"{operation} {model}") is not { } span) return null;
        span.SetTag("gen_ai.operation.name", operation);
        span.SetTag("gen_ai.provider.name", "ashlar");
        span.SetTag("gen_ai.request.model", request.Adapter ?? model);
        if (!isPooled && span.IsAllDataRequested) Describe(span, request);
        return new(span);
    }

    private void Add(GenerationUpdate update)
    {
        if (update.Start is { } start)
        {
            var (queued, prefill, _) = start.Timings;
            _span.SetTag("gen_ai.latency.time_to_first_token", (queued + prefill).TotalSeconds);
        }

        if (update is not { FinishReason: { } reason, Usage: { } usage, Timings: { } timings }) return;
        _hasEnded = true;
        _span.SetTag("gen_ai.response.finish_reasons", new[] { reason == FinishReason.Length ? "length" : "stop" });
        AddUsage(usage);
        AddTimings(timings);
    }

    private void Fail(Exception error)
    {
        _hasEnded = true;
        _span.SetTag("error.type", error.GetType().FullName);
        _span.SetStatus(ActivityStatusCode.Error, error is OperationCanceledException ? "cancelled" : error.Message);
    }

    private void End()
    {
        if (!_hasEnded) _span.SetStatus(ActivityStatusCode.Error, "abandoned"); // whoever asked has left
        _span.Dispose();
    }

    private static void Describe(Activity span, GenerationRequest request)
    {
        var sampling = request.Sampling;
        if (request.MaxTokens is { } most) span.SetTag("gen_ai.request.max_tokens", most);
        span.SetTag("gen_ai.request.temperature", (double)sampling.Temperature);
        span.SetTag("gen_ai.request.top_p", (double)sampling.TopP);
        if (sampling.TopK > 0) span.SetTag("gen_ai.request.top_k", sampling.TopK);
        if (sampling.Seed is { } seed) span.SetTag("gen_ai.request.seed", seed);
    }

    // The conventions have renamed prompt and completion tokens since; vLLM tells them by the old names.
    private void AddUsage(in GenerationUsage usage)
    {
        _span.SetTag("gen_ai.usage.input_tokens", usage.PromptTokens);
        _span.SetTag("gen_ai.usage.output_tokens", usage.CompletionTokens);
        _span.SetTag("gen_ai.usage.prompt_tokens", usage.PromptTokens);
        _span.SetTag("gen_ai.usage.completion_tokens", usage.CompletionTokens);
        _span.SetTag("gen_ai.usage.cache_read.input_tokens", usage.CachedTokens);
        _span.SetTag("ashlar.usage.cached_on_disk_tokens", usage.CachedOnDiskTokens);
        _span.SetTag("ashlar.usage.cached_at_peers_tokens", usage.CachedAtPeersTokens);
        _span.SetTag("ashlar.usage.guessed_tokens", usage.GuessedTokens);
        _span.SetTag("ashlar.usage.rightly_guessed_tokens", usage.RightlyGuessedTokens);
        _span.SetTag("ashlar.usage.preemptions", usage.Preemptions);
        _span.SetTag("ashlar.usage.steps", usage.Steps);
        _span.SetTag("ashlar.usage.most_sequences_per_step", usage.MostSequences);
    }

    // In seconds.
    private void AddTimings(in GenerationTimings timings)
    {
        var (queued, prefill, decode) = timings;
        _span.SetTag("gen_ai.latency.time_in_queue", queued.TotalSeconds);
        _span.SetTag("gen_ai.latency.time_in_model_prefill", prefill.TotalSeconds);
        _span.SetTag("gen_ai.latency.time_in_model_decode", decode.TotalSeconds);
        _span.SetTag("gen_ai.latency.time_in_model_inference", (prefill + decode).TotalSeconds);
        _span.SetTag("gen_ai.latency.e2e", (queued + prefill + decode).TotalSeconds);
    }
}
