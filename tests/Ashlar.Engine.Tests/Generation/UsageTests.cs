using Ashlar.Models;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests.Generation;

/// <summary>What a generation tells of itself.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ashlar-usage-{Guid.NewGuid():N}");
    private readonly LanguageModel _model = LanguageModel.Load("synthetic:llama-tiny:f32");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static GenerationRequest Request => new()
    {
        PromptTokens = Enumerable.Range(0, 100).Select(i => i * 7 % 250).ToArray(),
        MaxTokens = 20,
        IgnoreEndOfSequence = true,
        Sampling = SamplingOptions.Greedy,
    };

    [Fact]
    public async Task Cached_tokens_are_told_by_where_they_came_from()
    {
        var options = new EngineOptions { ContextLength = 200, Threads = 1, DiskCache = _folder };
        await using (var first = new InferenceEngine(_model, options))
        {
            Assert.Equal((0, 0, 0), Cached((await Run(first, Request))[^1].Usage!.Value));
            Assert.Equal((99, 0, 0), Cached((await Run(first, Request))[^1].Usage!.Value));
            await ConcurrencyTests.Idle(first);
        }

        await using var second = new InferenceEngine(_model, options);
        Assert.Equal((96, 96, 0), Cached((await Run(second, Request))[^1].Usage!.Value));

        static (int, int, int) Cached(GenerationUsage usage) =>
            (usage.CachedTokens, usage.CachedOnDiskTokens, usage.CachedAtPeersTokens);
    }

    [Fact]
    public async Task Guesses_are_counted_for_each_sequence_and_add_up_to_the_engines()
    {
        var options = new EngineOptions
        {
            ContextLength = 400,
            Threads = 1,
            Speculation = SpeculationMethod.None,
            DraftModel = _model,
            SpeculativeTokens = 4,
        };
        await using var engine = new InferenceEngine(_model, options);
        GenerationRequest[] requests = [Request with { MaxTokens = 200 }, Request with { MaxTokens = 150, CacheSalt = "other" }];
        var usages = (await Task.WhenAll(requests.Select(request => Run(engine, request)))).Select(told => told[^1].Usage!.Value);
        var all = usages.Aggregate(static (left, right) => left + right);
        await ConcurrencyTests.Idle(engine);
        Assert.Equal(350, all.CompletionTokens);
        Assert.InRange(all.RightlyGuessedTokens, 1, all.GuessedTokens);
        Assert.Equal(engine.Statistics.GuessedTokens, all.GuessedTokens);
        Assert.Equal(engine.Statistics.RightlyGuessedTokens, all.RightlyGuessedTokens);
    }

    [Fact]
    public async Task Steps_are_told_with_what_was_computed_beside()
    {
        var options = new EngineOptions { ContextLength = 1000, Threads = 1, Speculation = SpeculationMethod.None };
        await using var engine = new InferenceEngine(_model, options);
        var alone = (await Run(engine, Request))[^1].Usage!.Value;
        Assert.Equal((20, 119L, 1), (alone.Steps, alone.StepTokens, alone.MostSequences)); // the last token is not computed

        var lasting = Task.Run(() => Run(engine, Request with { MaxTokens = 800, CacheSalt = "long" }), Cancelled);
        await Eventually.HoldsAsync(() => engine.Statistics.Running > 0);
        var beside = (await Run(engine, Request with { CacheSalt = "beside" }))[^1].Usage!.Value;
        Assert.Equal(2, beside.MostSequences);
        Assert.True(beside.StepTokens > 119, $"{beside.StepTokens} tokens in {beside.Steps} steps");
        Assert.Equal(2, (await lasting)[^1].Usage!.Value.MostSequences);
    }

    [Fact]
    public async Task What_the_prompt_took_is_told_once_with_the_first_token()
    {
        await using var engine = new InferenceEngine(_model, new() { ContextLength = 200, Threads = 1 });
        await Run(engine, Request);
        var updates = await Run(engine, Request);
        var start = Assert.Single(updates, static update => update.Start is not null);
        Assert.Same(updates.First(static update => update.Tokens.Length > 0), start);
        var usage = start.Start!.Usage;
        Assert.Equal((100, 0, 99), (usage.PromptTokens, usage.CompletionTokens, usage.CachedTokens));
        var timings = updates[^1].Timings!.Value;
        Assert.Equal((timings.Queued, timings.Prefill), (start.Start.Timings.Queued, start.Start.Timings.Prefill));
        Assert.Equal(TimeSpan.Zero, start.Start.Timings.Decode);
    }

    public void Dispose()
    {
        _model.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private static async Task<List<GenerationUpdate>> Run(InferenceEngine engine, GenerationRequest request) =>
        await engine.GenerateAsync(request, Cancelled).ToListAsync(Cancelled);
}
