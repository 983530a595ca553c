namespace Ashlar.Engine.Tests.Stepping;

public class DescribeTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sequences_that_share_a_beginning_are_a_run_with_two_users_and_one_run_each()
    {
        await using var engine = new InferenceEngine(stories.Model, new() { ContextLength = 1 << 16, Threads = 1 });
        using var ended = new CancellationTokenSource();
        var shared = Enumerable.Range(0, 32).Select(static i => 300 + i).ToArray();
        var first = await Begin(engine, [.. shared, .. Enumerable.Repeat(400, 16)], ended.Token);
        var second = await Begin(engine, [.. shared, .. Enumerable.Repeat(410, 16)], ended.Token);

        var told = await engine.DescribeAsync(cancellationToken: Cancelled);
        Assert.Equal(2, told.Sequences.Count);
        Assert.All(told.Sequences, static one =>
        {
            Assert.Equal(SequenceState.Decode, one.State);
            Assert.Equal(48, one.PromptTokens);
            Assert.True(one.GeneratedTokens >= 1);
            Assert.True(one.Age > TimeSpan.Zero);
        });
        Assert.Equal(32, told.Sequences[1].CachedTokens);
        Assert.Equal((-1, 2, 32, 2), Facts(told.Runs[0]));
        Assert.Equal([0, 0], told.Runs.Skip(1).Select(static run => run.Parent));
        Assert.All(told.Runs.Skip(1), static run => Assert.Equal(1, run.Users));
        Assert.Equal(told.Runs.Sum(static run => run.Tokens), told.Runs[0].TokensInAll);
        Assert.Equal(told.TreeBlocks, told.Runs.Sum(static run => run.Blocks));

        await ended.CancelAsync();
        await first.DisposeAsync();
        await second.DisposeAsync();
        await ConcurrencyTests.Idle(engine);
        var rest = await engine.DescribeAsync(cancellationToken: Cancelled);
        Assert.Empty(rest.Sequences);
        Assert.All(rest.Runs, static run => Assert.Equal(0, run.Users));
    }

    [Fact]
    public async Task The_largest_runs_are_told_and_the_rest_counted()
    {
        await using var engine = new InferenceEngine(stories.Model, new() { ContextLength = 512, Threads = 1 });
        for (var i = 0; i < 6; i++)
        {
            int[] prompt = [.. Enumerable.Repeat(300 + i, 16 * (i + 1)), 7];
            await Outcome.Of(engine, new() { PromptTokens = prompt, MaxTokens = 1 });
        }

        var told = await engine.DescribeAsync(mostSequences: 0, mostRuns: 2, Cancelled);
        Assert.Equal([97, 81], told.Runs.Select(static run => (int)run.TokensInAll).OrderDescending());
        Assert.Equal(4, told.OmittedRuns);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => engine.DescribeAsync(mostRuns: -1, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task An_engine_that_is_disposed_tells_nothing()
    {
        var engine = new InferenceEngine(stories.Model, new() { ContextLength = 512, Threads = 1 });
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.DescribeAsync(cancellationToken: Cancelled));
    }

    private static (int Parent, int Blocks, int Tokens, int Users) Facts(PrefixRun run) =>
        (run.Parent, run.Blocks, run.Tokens, run.Users);

    // It has generated a token at least, and goes on.
    private static async Task<IAsyncEnumerator<GenerationUpdate>> Begin(
        InferenceEngine engine, int[] prompt, CancellationToken ended)
    {
        var request = new GenerationRequest { PromptTokens = prompt, IgnoreEndOfSequence = true };
        var updates = engine.GenerateAsync(request, ended).GetAsyncEnumerator(Cancelled);
        Assert.True(await updates.MoveNextAsync());
        return updates;
    }
}
