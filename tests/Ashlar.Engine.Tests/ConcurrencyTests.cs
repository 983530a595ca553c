using Ashlar.Testing;

namespace Ashlar.Engine.Tests;

public class ConcurrencyTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_at_once_all_finish_and_equal_their_solo_runs()
    {
        var requests = Enumerable.Range(0, 12).Select(i => Long with
        {
            PromptTokens = stories.Encode($"Once there were {i} birds"),
            MaxTokens = 10 + i,
            Sampling = new() { Seed = i },
        }).ToArray();
        var together = await Task.WhenAll(requests.Select(request => Task.Run(() => Outcome.Of(stories.Engine, request))));
        foreach (var (request, generation) in requests.Zip(together))
        {
            var solo = await Outcome.Of(stories.Engine, request);
            Assert.Equal(solo.Tokens, generation.Tokens);
            Assert.Equal(solo.Text, generation.Text);
        }

        await Idle(stories.Engine);
    }

    [Fact]
    public async Task Cancelling_ends_the_enumeration_and_frees_the_engine_within_a_token()
    {
        using var source = new CancellationTokenSource();
        var tokens = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in stories.Engine.GenerateAsync(Long, source.Token))
            {
                tokens += update.Tokens.Length;
                if (tokens >= 3) await source.CancelAsync();
            }
        });
        Assert.InRange(tokens, 3, 400);
        Assert.Equal(5, (await Outcome.Of(stories.Engine, Long with { MaxTokens = 5 })).Tokens.Length);
        await Idle(stories.Engine);
    }

    [Fact]
    public async Task A_cancelled_prompt_is_given_up_between_chunks()
    {
        await using var engine = new InferenceEngine(stories.Model, new() { Threads = 1, PrefillChunk = 1 });
        using var source = new CancellationTokenSource();
        var prompt = Enumerable.Repeat(stories.Model.Tokenizer!.BosId!.Value, engine.ContextLength).ToArray();
        var updates = engine.GenerateAsync(Long with { PromptTokens = prompt }, source.Token).GetAsyncEnumerator(Cancelled);
        var first = updates.MoveNextAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);

        // What was computed of it is in the cache; all of it would show as cached.
        var next = await Outcome.Of(engine, Long with { PromptTokens = prompt, MaxTokens = 0 });
        Assert.InRange(next.Usage.CachedTokens, 0, prompt.Length - 2);
    }

    [Fact]
    public async Task Leaving_the_enumeration_frees_the_engine()
    {
        await foreach (var update in stories.Engine.GenerateAsync(Long, Cancelled))
        {
            if (update.Tokens.Length > 0) break;
        }

        await Idle(stories.Engine);
    }

    [Fact]
    public async Task A_cancelled_request_that_waits_leaves_at_once()
    {
        await using var running = stories.Engine.GenerateAsync(Long, Cancelled).GetAsyncEnumerator(Cancelled);
        await running.MoveNextAsync();
        using var source = new CancellationTokenSource();
        var waiting = stories.Engine.GenerateAsync(Long, source.Token).GetAsyncEnumerator(Cancelled);
        var first = waiting.MoveNextAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_takes_again_when_there_is_room()
    {
        await using var engine = new InferenceEngine(stories.Model, new() { Threads = 1, QueueCapacity = 1, MaxSequences = 1 });
        await using var running = engine.GenerateAsync(Long, Cancelled).GetAsyncEnumerator(Cancelled);
        await running.MoveNextAsync();
        var waiting = Outcome.Of(engine, Long with { MaxTokens = 2 });
        Assert.Equal(2, engine.ActiveRequests);
        var error = await Assert.ThrowsAsync<EngineBusyException>(() => Outcome.Of(engine, Long));
        Assert.Equal(1, error.QueueCapacity);

        await running.DisposeAsync();
        Assert.Equal(2, (await waiting).Tokens.Length);
        await Idle(engine);
        Assert.Equal(2, (await Outcome.Of(engine, Long with { MaxTokens = 2 })).Tokens.Length);
    }

    [Fact]
    public async Task A_slow_consumer_misses_nothing_and_stalls_nobody()
    {
        await using var slow = stories.Engine.GenerateAsync(Long with { MaxTokens = 100 }, Cancelled)
            .GetAsyncEnumerator(Cancelled);
        await slow.MoveNextAsync();
        List<int> tokens = [.. slow.Current.Tokens.Span];
        var other = await Outcome.Of(stories.Engine, Long with { MaxTokens = 100 });
        while (await slow.MoveNextAsync()) tokens.AddRange(slow.Current.Tokens.Span);
        Assert.Equal(other.Tokens, tokens);
    }

    [Fact]
    public async Task Disposing_the_engine_fails_what_runs_and_what_waits()
    {
        var engine = new InferenceEngine(stories.Model, new() { Threads = 1 });
        var running = engine.GenerateAsync(Long, Cancelled).GetAsyncEnumerator(Cancelled);
        await running.MoveNextAsync();
        var waiting = Outcome.Of(engine, Long);
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            while (await running.MoveNextAsync())
            {
            }
        });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Outcome.Of(engine, Long));
        Assert.Null(engine.Failure);
        await engine.DisposeAsync();
    }

    private GenerationRequest Long => new()
    {
        PromptTokens = stories.Encode("Once upon a time"),
        MaxTokens = 400,
        Sampling = SamplingOptions.Greedy,
        IgnoreEndOfSequence = true,
    };

    internal static Task Idle(InferenceEngine engine) =>
        Eventually.HoldsAsync(() => engine.ActiveRequests == 0, TimeSpan.FromSeconds(10));
}
