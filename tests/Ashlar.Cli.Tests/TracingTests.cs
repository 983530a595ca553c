using System.Net.Http.Headers;
using System.Text;
using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests;

/// <summary>Spans that the real program sends to a collector.</summary>
public class TracingTests
{
    private const string Tiny = "synthetic:llama-tiny:q4_0", Secret = "the secret prompt";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c", Parent = "b7ad6b7169203331";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_request_and_its_generation_reach_the_collector_as_parts_of_the_clients_trace(bool isGrpc, bool byOption)
    {
        await using var collector = await TraceCollector.Start(isGrpc);
        var endpoint = isGrpc ? collector.Address : new Uri(collector.Address, "v1/traces");
        string[] serve = ["serve", Tiny, "--port", "0", "-t", "1", "--log-content"];
        using (var server = byOption
            ? AshlarProcess.Start([.. serve, "--otlp-traces-endpoint", $"{endpoint}"])
            : AshlarProcess.Start(
                serve, ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", $"{endpoint}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                ("OTEL_SERVICE_NAME", "probe")))
        {
            var line = await server.ReadErrorLine();
            using var client = new HttpClient { BaseAddress = new Uri(line!.Split(' ')[^1]) };
            client.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-{Parent}-01");
            client.DefaultRequestHeaders.Add("x-request-id", "order-66");
            using var body = new StringContent(
                $$"""{"prompt": "{{Secret}}", "max_tokens": 4, "ignore_eos": true, "temperature": 0.5}""", Encoding.UTF8,
                new MediaTypeHeaderValue("application/json"));
            using var response = await client.PostAsync(new Uri("v1/completions", UriKind.Relative), body, Cancelled);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));
            Assert.Equal(["order-66"], response.Headers.GetValues("x-request-id"));
            server.Terminate();
            (await server.ReadToEnd()).Succeeded();
        }

        var request = Assert.Single(collector.Spans, static span => span.Name == "POST /v1/completions");
        Assert.Equal((Trace, Parent, 2), (request.TraceId, request.ParentId, request.Kind));
        Assert.Equal(byOption ? "ashlar" : "probe", request.Resource["service.name"]);
        Assert.Equal("/v1/completions", request.Attributes["http.route"]);
        Assert.Equal(200L, request.Attributes["http.response.status_code"]);
        Assert.Equal("order-66", request.Attributes["gen_ai.request.id"]);

        var generation = Assert.Single(
            collector.Spans, static span => span.Name.StartsWith("text_completion", StringComparison.Ordinal));
        Assert.Equal((Trace, request.SpanId, 1), (generation.TraceId, generation.ParentId, generation.Kind));
        Assert.Equal(4L, generation.Attributes["gen_ai.usage.completion_tokens"]);
        Assert.Equal(4L, generation.Attributes["gen_ai.request.max_tokens"]);
        Assert.Equal(0.5, generation.Attributes["gen_ai.request.temperature"]);
        Assert.Equal("length", generation.Attributes["gen_ai.response.finish_reasons"]);
        Assert.True((double)generation.Attributes["gen_ai.latency.time_to_first_token"] > 0);
        Assert.All(
            collector.Spans.SelectMany(static span => span.Attributes),
            static attribute => Assert.DoesNotContain(Secret, $"{attribute.Value}", StringComparison.Ordinal));
    }
}
