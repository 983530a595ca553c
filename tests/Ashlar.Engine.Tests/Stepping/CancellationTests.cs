using Ashlar.Engine.Stepping;
using Ashlar.Tensors;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests.Stepping;

public class CancellationTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private const int Context = 64, Chunk = 4;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private int[] Prompt => stories.Encode("Once upon a time there was a little bird who sang");

    [Fact]
    public async Task A_prompt_that_is_cancelled_within_a_chunk_ends_with_it()
    {
        Assert.True(Prompt.Length > 2 * Chunk);
        Assert.Equal(Chunk, await ComputedWhenCancelledAfter(statistics => statistics.ComputedTokens > 0, Prompt));
    }

    [Fact]
    public async Task An_output_that_is_cancelled_within_a_token_ends_with_it()
    {
        // The first token is chosen, and nothing is computed from it any more.
        var request = new GenerationRequest { PromptTokens = Prompt, MaxTokens = 8, Sampling = SamplingOptions.Greedy };
        var output = await Outcome.Of(stories.Engine, request);
        Assert.Equal(
            Prompt.Length,
            await ComputedWhenCancelledAfter(statistics => statistics.GeneratedTokens > 0, [.. Prompt, .. output.Tokens]));
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
    private async Task<int> ComputedWhenCancelledAfter(Func<EngineStatistics, bool> when, int[] tokens)
    {
        var clock = new Clock();
        var options = new EngineOptions { PrefillChunk = Chunk };
        var pass = new PagedPass(stories.Model, blocks: 8, rows: 64, blocksOfRow: 4, DType.F16, threads: 1);
        var loop = new StepLoop(new(stories.Model, Context), pass, options, clock);
        try
        {
            var given = new Submission(
                new() { PromptTokens = Prompt, Sampling = SamplingOptions.Greedy, IgnoreEndOfSequence = true }, arrived: 0);
            clock.Act = () =>
            {
                if (when(loop.Statistics)) given.Cancel();
            };
            loop.Submit(given);
            await Eventually.HoldsAsync(() => loop.Active == 0);
            Assert.True(given.IsCancelled);

            var asking = new Submission(new() { PromptTokens = tokens, MaxTokens = 0 }, arrived: 0);
            loop.Submit(asking);
            var updates = await asking.Output.ReadAllAsync(Cancelled).ToListAsync(Cancelled);
            return updates[^1].Usage!.Value.CachedTokens;
        }
        finally
        {
            loop.Dispose();
        }
    }

    /// <summary>Does something whenever it is read, as the engine does before it looks who is gone.</summary>
    private sealed class Clock : TimeProvider
    {
        private bool _isActing;

        public Action Act { get; set; } = static () => { };

        public override long GetTimestamp()
        {
            if (!_isActing)
            {
                _isActing = true;
                Act();
                _isActing = false;
            }

            return base.GetTimestamp();
        }
    }
}
