using System.Text;
using Ashlar.Server.Catalog;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Metrics;

/// <summary><c>/metrics</c>: what is counted, for Prometheus, under vLLM's names, so that dashboards made for it show this server.</summary>
internal sealed class MetricsEndpoint(ModelCatalog catalog)
{
    private static readonly (string Reason, Func<ModelMetrics, long> Count)[] Ends =
        [.. Enum.GetValues<RequestEnd>().Select(static end =>
            (end.ToString().ToLowerInvariant(), (Func<ModelMetrics, long>)(metrics => metrics.Ended(end))))];

    public Task GetAsync(HttpContext context) => JsonOutput.WriteAsync(
        context, 200, PrometheusText.MediaType, Encoding.UTF8.GetBytes(Write()), context.RequestAborted);

    private string Write()
    {
        var text = new PrometheusText([.. catalog.Models.Select(static model => (model.Name, model.Metrics))]);

        // The engine runs one request after another.
        text.Gauge("vllm:num_requests_running", "Requests that are computed.", i => Math.Min(1, Active(i)));
        text.Gauge("vllm:num_requests_waiting", "Requests that wait.", i => Math.Max(0, Active(i) - 1));
        text.Counter("vllm:prompt_tokens_total", "Tokens of prompts.", static m => m.PromptTokens);
        text.Counter("vllm:generation_tokens_total", "Tokens generated.", static m => m.GeneratedTokens);
        text.Counter("vllm:prefix_cache_queries_total", "Tokens of prompts looked for in the cache.", static m => m.PromptTokens);
        text.Counter("vllm:prefix_cache_hits_total", "Tokens of prompts found in the cache.", static m => m.CachedTokens);
        text.Counters("vllm:request_success_total", "Requests that have ended, by the reason.", "finished_reason", Ends);
        WriteHistograms(text);
        return text.ToString();
    }

    private static void WriteHistograms(PrometheusText text)
    {
        text.Histogram("vllm:time_to_first_token_seconds", "From a request to its first token.", static m => m.TimeToFirstToken);
        text.Histogram("vllm:inter_token_latency_seconds", "Between two tokens of a request.", static m => m.InterTokenLatency);
        text.Histogram(
            "vllm:request_time_per_output_token_seconds", "Per token after the first, of a whole request.", static m => m.TimePerOutputToken);
        text.Histogram("vllm:e2e_request_latency_seconds", "From a request to its last token.", static m => m.RequestLatency);
        text.Histogram("vllm:request_queue_time_seconds", "Time that requests waited.", static m => m.QueueTime);
        text.Histogram("vllm:request_prefill_time_seconds", "Time for the prompts of requests.", static m => m.PrefillTime);
        text.Histogram("vllm:request_decode_time_seconds", "Time for the outputs of requests.", static m => m.DecodeTime);
        text.Histogram("vllm:request_inference_time_seconds", "Time that requests were computed.", static m => m.InferenceTime);
        text.Histogram("vllm:request_prompt_tokens", "Tokens of the prompts of requests.", static m => m.RequestPromptTokens);
        text.Histogram("vllm:request_generation_tokens", "Tokens generated for requests.", static m => m.RequestGeneratedTokens);
    }

    private int Active(int model) => catalog.Models[model].Engine.ActiveRequests;
}
