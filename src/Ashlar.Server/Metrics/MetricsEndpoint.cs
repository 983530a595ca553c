using System.Text;
using Ashlar.Server.Catalog;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Metrics;

/// <summary><c>/metrics</c>: what is counted, for Prometheus, under vLLM's names, so that dashboards made for it show this
/// server.</summary>
internal sealed class MetricsEndpoint(ModelCatalog catalog)
{
    private static readonly (string Reason, Func<ModelMetrics, long> Count)[] Ends =
        [.. Enum.GetValues<RequestEnd>().Select(static end =>
            (end.ToString().ToLowerInvariant(), (Func<ModelMetrics, long>)(metrics => metrics.Ended(end))))];

    public Task GetAsync(HttpContext context) => JsonOutput.WriteAsync(
        context, 200, PrometheusText.MediaType, Encoding.UTF8.GetBytes(Write()), context.RequestAborted);

    private string Write()
    {
        var text = new PrometheusText([.. catalog.Slots.Select(static slot => (slot.Name, slot.Metrics))]);

        // Of an engine that is not there, there is nothing to tell.
        var engines = catalog.Slots.Select(static slot => slot.Loaded?.Engine.Statistics).ToArray();
        text.Gauge("vllm:num_requests_running", "Requests that are computed.", i => engines[i]?.Running);
        text.Gauge("vllm:num_requests_waiting", "Requests that wait.", i => engines[i]?.Waiting);
        text.Gauge(
            "vllm:kv_cache_usage_perc",
            "Blocks of the cache that running requests hold, of 1.",
            i => (double?)engines[i]?.HeldBlocks / engines[i]?.Blocks);
        text.Counter("vllm:num_preemptions_total", "How often a request gave its place to another.", i => engines[i]?.Preemptions);
        text.Counter("vllm:prefix_cache_queries_total", "Tokens that were looked for in the cache.", i =>
            engines[i]?.SoughtTokens);
        text.Counter("vllm:prefix_cache_hits_total", "Tokens that were found in the cache.", i => engines[i]?.FoundTokens);
        text.Counter("vllm:spec_decode_num_draft_tokens_total", "Tokens guessed ahead.", i => engines[i]?.GuessedTokens);
        text.Counter("vllm:spec_decode_num_accepted_tokens_total", "Tokens guessed rightly.", i =>
            engines[i]?.RightlyGuessedTokens);
        text.Counter("vllm:prompt_tokens_total", "Tokens of prompts.", static m => m.PromptTokens);
        text.Counter("vllm:prompt_tokens_cached_total", "Tokens of prompts that were found in the cache.", static m =>
            m.CachedTokens);
        text.Counter("vllm:generation_tokens_total", "Tokens generated.", static m => m.GeneratedTokens);
        text.Counters("vllm:request_success_total", "Requests that have ended, by the reason.", "finished_reason", Ends);
        WriteHistograms(text);
        return text.ToString();
    }

    private static void WriteHistograms(PrometheusText text)
    {
        text.Histogram("vllm:time_to_first_token_seconds", "From a request to its first token.", static m => m.TimeToFirstToken);
        text.Histogram("vllm:inter_token_latency_seconds", "Between two tokens of a request.", static m => m.InterTokenLatency);
        text.Histogram(
            "vllm:request_time_per_output_token_seconds", "Per token after the first, of a whole request.", static m =>
                m.TimePerOutputToken);
        text.Histogram("vllm:e2e_request_latency_seconds", "From a request to its last token.", static m => m.RequestLatency);
        text.Histogram("vllm:request_queue_time_seconds", "Time that requests waited.", static m => m.QueueTime);
        text.Histogram("vllm:request_prefill_time_seconds", "Time for the prompts of requests.", static m => m.PrefillTime);
        text.Histogram("vllm:request_decode_time_seconds", "Time for the outputs of requests.", static m => m.DecodeTime);
        text.Histogram("vllm:request_inference_time_seconds", "Time that requests were computed.", static m => m.InferenceTime);
        text.Histogram("vllm:request_prompt_tokens", "Tokens of the prompts of requests.", static m => m.RequestPromptTokens);
        text.Histogram("vllm:request_generation_tokens", "Tokens generated for requests.", static m => m.RequestGeneratedTokens);
    }
}
