using System.Globalization;

namespace Ashlar.Server.Tests.Metrics;

public class MetricsTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    [Fact]
    public async Task Requests_and_tokens_are_counted_under_vLLMs_names()
    {
        var before = await ReadAsync();
        await stories.Client.AskAsync("/v1/completions", """{"prompt": [1, 403, 407], "max_tokens": 6, "n": 2, "seed": 1}""");
        await stories.Client.SendAsync("/v1/completions", """{"prompt": "", "temperature": 0, "max_tokens": 90, "stop": "girl", "stream": true}""");
        var after = await ReadAsync();

        double Grown(string name, string labels = "") => after[Key(name, labels)] - before.GetValueOrDefault(Key(name, labels));
        Assert.Equal(2, Grown("vllm:request_success_total", ",finished_reason=\"length\""));
        Assert.Equal(1, Grown("vllm:request_success_total", ",finished_reason=\"stop\""));
        Assert.Equal(7, Grown("vllm:prompt_tokens_total"));
        Assert.InRange(Grown("vllm:generation_tokens_total"), 14, 40);
        Assert.Equal(3, Grown("vllm:time_to_first_token_seconds_count"));
        Assert.Equal(3, Grown("vllm:e2e_request_latency_seconds_bucket", ",le=\"+Inf\""));
        Assert.InRange(Grown("vllm:inter_token_latency_seconds_count"), 0, Grown("vllm:generation_tokens_total") - 3);
        Assert.Equal(7, Grown("vllm:request_prompt_tokens_sum"));
        Assert.Equal(0, after[Key("vllm:num_requests_running", "")]);
        Assert.True(Grown("vllm:prefix_cache_hits_total") <= Grown("vllm:prefix_cache_queries_total"));
    }

    [Fact]
    public async Task Every_line_is_of_the_text_format_and_buckets_only_grow()
    {
        await stories.Client.AskAsync("/v1/completions", """{"prompt": "Once", "max_tokens": 3}""");
        using var response = await stories.Client.GetAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var (name, last) = ("", 0.0);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Matches("""^(# (HELP|TYPE) vllm:[a-z0-9_]+ .+|vllm:[a-z0-9_]+\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\} [0-9.E+-]+)$""", line);
            if (!line.Contains("_bucket{", StringComparison.Ordinal)) continue;
            var value = double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
            if (line.Split('{')[0] == name) Assert.True(value >= last, line);
            (name, last) = (line.Split('{')[0], value);
        }

        Assert.NotEqual("", name);
    }

    private static string Key(string name, string labels) => $"{name}{{model_name=\"stories260K\",engine=\"0\"{labels}}}";

    private async Task<Dictionary<string, double>> ReadAsync()
    {
        var text = await stories.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        return text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#').ToDictionary(
            static line => line[..line.LastIndexOf(' ')],
            static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
