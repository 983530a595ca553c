using System.Runtime.CompilerServices;
using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Catalog;
using Ashlar.Server.Hosting;
using Ashlar.Server.Json;
using Ashlar.Server.Metrics;
using Ashlar.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Pages;

/// <summary>
/// <c>/api/ashlar/engine</c>: what each model's engine does, in numbers. Once, or where the query has <c>stream=true</c> once a
/// second, as server-sent events, until the client leaves or the server is to end.
/// </summary>
internal sealed class EngineEndpoint(ModelCatalog catalog, ServerLifetime lifetime, TimeProvider clock)
{
    private const int MostSequences = 200, MostRuns = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConditionalWeakTable<HostedModel, SharedDescription> _descriptions = []; // of those that are loaded

    public async Task GetAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        if (context.Request.Query["stream"] != "true")
        {
            var once = await DescribeAsync().ConfigureAwait(false);
            await JsonOutput.WriteAsync(context, 200, json => Write(json, once), cancellationToken).ConfigureAwait(false);
            return;
        }

        using var stream = new ResponseStream(context.Response, ResponseStream.EventStream);
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            var described = await DescribeAsync().ConfigureAwait(false);
            stream.WriteEvent((Endpoint: this, described), static (json, x) => x.Endpoint.Write(json, x.described));
            await stream.SendAsync().ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false) && !lifetime.IsDraining);
    }

    private async Task<(HostedModel Model, EngineDescription? Description)[]> DescribeAsync() =>
        await Task.WhenAll(catalog.Loaded.Select(async model => (model, await DescriptionOf(model).GetAsync().ConfigureAwait(false))))
            .ConfigureAwait(false);

    private SharedDescription DescriptionOf(HostedModel model) => _descriptions.GetValue(
        model, loaded => new SharedDescription(loaded.Engine, clock, MostSequences, MostRuns));

    private void Write(Utf8JsonWriter json, (HostedModel Model, EngineDescription? Description)[] described)
    {
        json.WriteStartObject();
        json.WriteNumber("time_ms"u8, clock.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteStartArray("models"u8);
        foreach (var (model, description) in described)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, model.Name);
            json.WriteNumber("context_length"u8, model.Engine.ContextLength);
            if (model.Failure is { } failure) json.WriteString("failure"u8, failure.Message);
            EngineJson.WriteStatistics(json, description?.Statistics ?? model.Engine.Statistics);
            WriteHistogram(json, "time_to_first_token_seconds"u8, model.Metrics.TimeToFirstToken);
            WriteHistogram(json, "inter_token_latency_seconds"u8, model.Metrics.InterTokenLatency);
            if (description is not null) EngineJson.WriteDescription(json, description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHistogram(Utf8JsonWriter json, ReadOnlySpan<byte> name, Histogram histogram)
    {
        json.WriteStartObject(name);
        json.WriteStartArray("bounds"u8);
        foreach (var bound in histogram.Bounds) json.WriteNumberValue(bound);
        json.WriteEndArray();
        json.WriteStartArray("counts"u8);
        for (var i = 0; i <= histogram.Bounds.Count; i++) json.WriteNumberValue(histogram.CountOf(i));
        json.WriteEndArray();
        json.WriteNumber("sum"u8, histogram.Sum);
        json.WriteEndObject();
    }
}
