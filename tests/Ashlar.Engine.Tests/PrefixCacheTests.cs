namespace Ashlar.Engine.Tests;

public class PrefixCacheTests(StoriesModel stories) : IClassFixture<StoriesModel>
{
    [Fact]
    public async Task A_prompt_that_begins_like_the_last_sequence_is_computed_from_where_it_differs()
    {
        await using var engine = new InferenceEngine(stories.Model, new() { Threads = 1, PrefillChunk = 4 });
        var prompt = stories.Encode("Once upon a time there was a cat. The cat liked to play.");
        var request = new GenerationRequest { PromptTokens = prompt, MaxTokens = 30, Sampling = SamplingOptions.Greedy };

        var cold = await Outcome.Of(engine, request);
        Assert.Equal(0, cold.Usage.CachedTokens);

        var warm = await Outcome.Of(engine, request);
        Assert.Equal(prompt.Length - 1, warm.Usage.CachedTokens);
        Assert.Equal(cold.Tokens, warm.Tokens);

        // The output is in the cache too, but for its last token, which nothing was computed upon.
        var longer = await Outcome.Of(
            engine, request with { PromptTokens = new[] { prompt, cold.Tokens[..20] }.SelectMany(t => t).ToArray() });
        Assert.Equal(prompt.Length + 19, longer.Usage.CachedTokens);
        Assert.Equal(cold.Tokens[20..], longer.Tokens[..10]);

        int[] changed = [.. prompt[..6], prompt[6] == 5 ? 6 : 5, .. prompt[7..]];
        var other = await Outcome.Of(engine, request with { PromptTokens = changed });
        Assert.Equal(6, other.Usage.CachedTokens);
        Assert.Equal(await Solo(request with { PromptTokens = changed }), other.Tokens);
        Assert.Equal(cold.Tokens, (await Outcome.Of(engine, request)).Tokens);
    }

    [Fact]
    public async Task What_a_cancelled_prompt_has_left_in_the_cache_serves_the_next()
    {
        await using var engine = new InferenceEngine(stories.Model, new() { Threads = 1 });
        var request = new GenerationRequest
        {
            PromptTokens = stories.Encode("The little bird"),
            MaxTokens = 40,
            Sampling = SamplingOptions.Greedy,
        };
        await foreach (var update in engine.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            if (update.Tokens.Length > 0) break;
        }

        Assert.Equal(await Solo(request), (await Outcome.Of(engine, request)).Tokens);
    }

    private async Task<int[]> Solo(GenerationRequest request)
    {
        await using var engine = new InferenceEngine(stories.Model, new() { Threads = 1 });
        return (await Outcome.Of(engine, request)).Tokens;
    }
}
