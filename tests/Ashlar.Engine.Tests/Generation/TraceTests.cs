using System.Collections.Concurrent;
using System.Diagnostics;
using Ashlar.Models;

namespace Ashlar.Engine.Tests.Generation;

/// <summary>Spans of generations, for whoever listens in the process.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly LanguageModel _model = LanguageModel.Load("synthetic:llama-tiny:f32");
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly InferenceEngine _engine;

    public TraceTests() => _engine = new(_model, new() { ContextLength = 200, Threads = 1 });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static GenerationRequest Request => new()
    {
        PromptTokens = Enumerable.Range(0, 40).ToArray(),
        MaxTokens = 5,
        IgnoreEndOfSequence = true,
        Sampling = new() { Seed = 7 },
    };

    [Fact]
    public async Task A_generation_is_a_span_within_the_callers()
    {
        using var listener = Listen();
        using var caller = new Activity("caller").Start();
        var usage = (await Outcome.Of(_engine, Request)).Usage;
        Assert.Same(caller, Activity.Current);
        var span = Assert.Single(_spans, span => span.TraceId == caller.TraceId);
        Assert.Equal((caller.SpanId, ActivityKind.Internal), (span.ParentSpanId, span.Kind));
        Assert.Equal($"text_completion {_model.Name}", span.DisplayName);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(_model.Name, span.GetTagItem("gen_ai.request.model"));
        Assert.Equal(5, span.GetTagItem("gen_ai.request.max_tokens"));
        Assert.Equal(1.0, span.GetTagItem("gen_ai.request.temperature"));
        Assert.Equal(7L, span.GetTagItem("gen_ai.request.seed"));
        Assert.Equal(40, span.GetTagItem("gen_ai.usage.prompt_tokens"));
        Assert.Equal(5, span.GetTagItem("gen_ai.usage.completion_tokens"));
        Assert.Equal(usage.Steps, span.GetTagItem("ashlar.usage.steps"));
        Assert.Equal(["length"], (string[])span.GetTagItem("gen_ai.response.finish_reasons")!);
        var (queue, prefill) = (Seconds("time_in_queue"), Seconds("time_in_model_prefill"));
        var decode = Seconds("time_in_model_decode");
        Assert.Equal(queue + prefill, Seconds("time_to_first_token"), 1e-6);
        Assert.Equal(queue + prefill + decode, Seconds("e2e"), 1e-6);
        Assert.InRange(Seconds("e2e"), prefill, span.Duration.TotalSeconds);

        double Seconds(string name) => (double)span.GetTagItem($"gen_ai.latency.{name}")!;
    }

    [Fact]
    public async Task A_generation_that_is_left_or_cancelled_says_so()
    {
        using var listener = Listen();
        using var caller = new Activity("caller").Start();
        await foreach (var _ in _engine.GenerateAsync(Request with { MaxTokens = 100 }, Cancelled)) break;
        using var given = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _engine.GenerateAsync(Request with { MaxTokens = 100 }, given.Token)) await given.CancelAsync();
        });
        Assert.Equal(
            [(ActivityStatusCode.Error, "abandoned"), (ActivityStatusCode.Error, "cancelled")],
            _spans.Where(span => span.TraceId == caller.TraceId).Select(static span => (span.Status, span.StatusDescription)));
    }

    [Fact]
    public async Task A_vector_is_a_span_as_well()
    {
        using var listener = Listen();
        using var caller = new Activity("caller").Start();
        await _engine.EmbedAsync(new() { PromptTokens = Enumerable.Range(1, 3).ToArray() }, Cancelled);
        var span = Assert.Single(_spans, span => span.TraceId == caller.TraceId);
        Assert.Equal("embeddings", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal(3, span.GetTagItem("gen_ai.usage.input_tokens"));
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_nothing_between_the_engine_and_its_caller()
    {
        Assert.DoesNotContain("Follow", _engine.GenerateAsync(Request, Cancelled).GetType().Name, StringComparison.Ordinal);
        await Outcome.Of(_engine, Request);
        Assert.Empty(_spans);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _model.Dispose();
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Ashlar.Engine",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
