using Ashlar.Engine.Stepping;

namespace Ashlar.Engine.Tests.Stepping;

public class CancellationTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private const int Context = 64, Chunk = 4;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private int[] Prompt => stories.Encode("Once upon a time there was a little bird who sang");

    [Fact]
    public async Task A_prompt_that_is_cancelled_within_a_chunk_ends_with_it()
    {
        // The clock is first read when the sequence starts.
        Assert.True(Prompt.Length > 2 * Chunk);
        Assert.Equal(Chunk, await ComputedWhenCancelledAt(clockReading: 1, Prompt));
    }

    [Fact]
    public async Task An_output_that_is_cancelled_within_a_token_ends_with_it()
    {
        // The second reading belongs to the first token: it is chosen, and nothing is computed from it any more.
        var request = new GenerationRequest { PromptTokens = Prompt, MaxTokens = 8, Sampling = SamplingOptions.Greedy };
        var output = await Outcome.Of(stories.Engine, request);
        Assert.Equal(Prompt.Length, await ComputedWhenCancelledAt(clockReading: 2, [.. Prompt, .. output.Tokens]));
    }

    [Fact]
    public async Task A_request_is_given_up_though_its_consumer_asks_for_nothing_more()
    {
        await using var engine = new InferenceEngine(stories.Model, new() { ContextLength = 1 << 16, Threads = 1 });
        using var source = new CancellationTokenSource();
        var request = new GenerationRequest { PromptTokens = Prompt, IgnoreEndOfSequence = true };
        await using var updates = engine.GenerateAsync(request, source.Token).GetAsyncEnumerator(Cancelled);
        await updates.MoveNextAsync();
        await source.CancelAsync();
        await ConcurrencyTests.Idle(engine);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await updates.MoveNextAsync());
    }

    /// <summary>
    /// Cancels a request on the engine's own thread, and finds by another how many of some tokens it had computed.
    /// </summary>
    private async Task<int> ComputedWhenCancelledAt(int clockReading, int[] tokens)
    {
        var clock = new Clock();
        var options = new EngineOptions { PrefillChunk = Chunk };
        var loop = new StepLoop(new(stories.Model, Context), new(stories.Model, Context, threads: 1), options, clock);
        try
        {
            var given = new Submission(
                new() { PromptTokens = Prompt, Sampling = SamplingOptions.Greedy, IgnoreEndOfSequence = true }, arrived: 0);
            clock.At(clockReading, given.Cancel);
            loop.Submit(given);
            var asking = new Submission(new() { PromptTokens = tokens, MaxTokens = 0 }, arrived: 0);
            loop.Submit(asking);
            var updates = await asking.Output.ReadAllAsync(Cancelled).ToListAsync(Cancelled);
            Assert.True(given.IsCancelled);
            return updates[^1].Usage!.Value.CachedTokens;
        }
        finally
        {
            loop.Stop();
        }
    }

    /// <summary>Does something at one of its readings.</summary>
    private sealed class Clock : TimeProvider
    {
        private Action _act = static () => { };
        private int _readings;
        private int _when;

        public void At(int reading, Action act) => (_when, _act) = (reading, act);

        public override long GetTimestamp()
        {
            if (++_readings == _when) _act();
            return base.GetTimestamp();
        }
    }
}
