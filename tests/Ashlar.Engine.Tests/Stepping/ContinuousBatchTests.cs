using Ashlar.Models;
using Ashlar.Tensors;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests.Stepping;

/// <summary>Many requests at once, through a cache that is too small for them: each gives what it gives alone.</summary>
public class ContinuousBatchTests
{
    private const int Context = 400;

    private static readonly int[] Start = [1];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("llama-tiny:q4_0", DType.BF16)]
    [InlineData("gemma3-tiny:q8_0", DType.F16)]
    public async Task Mixed_requests_give_the_same_tokens_and_log_probabilities_together_and_alone(string name, DType cacheType)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        using var model = LanguageModel.Load($"synthetic:{name}");
        int[] shared = [.. Tokens(random, 200)];
        var requests = Enumerable.Range(0, 40).Select(i => Request(random, shared, i)).ToArray();

        var alone = new List<Generation>();
        foreach (var request in requests)
        {
            await using var engine = new InferenceEngine(
                model, new()
                {
                    ContextLength = Context,
                    CacheType = cacheType,
                    Threads = 1,
                    PrefixCaching = false,
                    PrefillChunk = 64,
                    MaxSequences = 1,
                    Speculation = SpeculationMethod.None
                });
            alone.Add(await Generation.Of(engine, request));
        }

        await using var together = new InferenceEngine(
            model,
            new()
            {
                ContextLength = Context,
                CacheType = cacheType,
                Threads = 2,
                CacheTokens = 2 * Context,
                PrefillChunk = 100,
                MaxSequences = 12,
            });
        for (var round = 0; round < 2; round++)
        {
            var generations = await Task.WhenAll(requests.Select(request => Task.Run(() => Generation.Of(together, request))));
            for (var i = 0; i < requests.Length; i++)
            {
                Assert.True(
                    alone[i].Bits.AsSpan().SequenceEqual(generations[i].Bits), $"seed {seed}: request {i} of round {round} differs");
            }
        }

        var statistics = together.Statistics;
        Assert.True(statistics.Preemptions > 0, $"seed {seed}: the cache was large enough for all");
        Assert.True(statistics.FoundTokens > 0, $"seed {seed}: nothing was found");
        Assert.True(statistics.RightlyGuessedTokens > 0, $"seed {seed}: nothing was guessed");
        Assert.InRange(statistics.RightlyGuessedTokens, 1, statistics.GuessedTokens);
        Assert.Equal((0, 0, 0), (statistics.Running, statistics.Waiting, statistics.HeldBlocks));
        Assert.Equal(statistics.Blocks, statistics.FreeBlocks + statistics.EvictableBlocks);
    }

    [Theory]
    [InlineData("llama-tiny:f32")] // the same: right wherever the likeliest is chosen, but too dear to be used much
    [InlineData("qwen3-tiny:q8_0")] // another: nearly always wrong
    public async Task A_draft_model_changes_no_output(string name)
    {
        var random = new Random(5);
        using var model = LanguageModel.Load("synthetic:llama-tiny:f32");
        using var draft = LanguageModel.Load($"synthetic:{name}");
        var options = new EngineOptions { ContextLength = 700, Threads = 2, MaxSequences = 5, Speculation = SpeculationMethod.None };
        await using var plain = new InferenceEngine(model, options);
        await using var guessing = new InferenceEngine(model, options with { DraftModel = draft, SpeculativeTokens = 5 });
        var requests = Enumerable.Range(0, 12).Select(i => Request(random, [.. Tokens(random, 600)], i)).ToArray();
        var expected = await Task.WhenAll(requests.Select(request => Task.Run(() => Generation.Of(plain, request))));
        var actual = await Task.WhenAll(requests.Select(request => Task.Run(() => Generation.Of(guessing, request))));
        Assert.Equal(expected.Select(generation => generation.Bits), actual.Select(generation => generation.Bits));
        Assert.True(guessing.Statistics.GuessedTokens > 0);
        if (name.StartsWith("llama", StringComparison.Ordinal)) Assert.True(guessing.Statistics.RightlyGuessedTokens > 0);
    }

    [Fact]
    public void A_draft_model_of_another_vocabulary_is_refused()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:f32");
        using var draft = LanguageModel.Load("synthetic:gemma3-tiny:q8_0");
        if (draft.Configuration.VocabularySize == model.Configuration.VocabularySize) return;
        var error = Assert.Throws<ArgumentException>(() => new InferenceEngine(model, new() { DraftModel = draft }));
        Assert.Contains("DraftModel", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_better_priority_come_first_and_take_the_place_of_others()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:f32");
        await using var engine = new InferenceEngine(model, new() { ContextLength = 2000, Threads = 1, MaxSequences = 1 });
        var chat = new GenerationRequest { PromptTokens = Start, MaxTokens = 1500, IgnoreEndOfSequence = true };
        var slow = Task.Run(() => Generation.Of(engine, chat), Cancelled);
        await Eventually.HoldsAsync(() => engine.Statistics.Running > 0);
        var fast = await Generation.Of(engine, chat with { MaxTokens = 3, Priority = -1 });
        Assert.False(slow.IsCompleted);
        Assert.Equal(3, fast.Tokens);
        Assert.Equal(1500, (await slow).Tokens);
        Assert.Equal(1, engine.Statistics.Preemptions);
    }

    [Fact]
    public async Task Tenants_take_turns_however_much_one_of_them_asks()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:f32");
        await using var engine = new InferenceEngine(model, new() { ContextLength = 600, Threads = 1, MaxSequences = 2 });
        var request = new GenerationRequest
        {
            PromptTokens = Start,
            MaxTokens = 200,
            IgnoreEndOfSequence = true,
            Tenant = "greedy",
        };
        var many = Enumerable.Range(0, 20).Select(_ => Task.Run(() => Generation.Of(engine, request), Cancelled)).ToArray();
        await Eventually.HoldsAsync(() => engine.Statistics.Waiting >= 18 || many.Any(task => task.IsCompleted));
        await Generation.Of(engine, request with { Tenant = "modest", MaxTokens = 5 });
        Assert.True(many.Count(task => task.IsCompleted) <= 6, "the modest tenant waited for all of the greedy one's requests");
        await Task.WhenAll(many);
    }

    [Fact]
    public async Task Whoever_types_is_served_before_all_and_the_others_go_on()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:f32");
        await using var engine = new InferenceEngine(model, new() { ContextLength = 3000, Threads = 1, MaxSequences = 4 });
        var chat = new GenerationRequest { PromptTokens = Start, MaxTokens = 2000, IgnoreEndOfSequence = true };
        var chats = Enumerable.Range(0, 6).Select(_ => Task.Run(() => Generation.Of(engine, chat), Cancelled)).ToArray();
        await Eventually.HoldsAsync(() => engine.Statistics.Running >= 4);
        var before = engine.Statistics.GeneratedTokens;
        var typed = await Generation.Of(engine, chat with { MaxTokens = 40, IsInteractive = true });
        var others = engine.Statistics.GeneratedTokens - before - 40;
        Assert.Equal(40, typed.Tokens);
        Assert.InRange(others, 1, 40 * 3); // all four at every step would be 160
        await Task.WhenAll(chats);
    }

    [Fact]
    public async Task A_request_that_takes_longer_than_it_may_fails_and_says_so()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:f32");
        await using var engine = new InferenceEngine(model, new() { ContextLength = 1 << 20, Threads = 1 });
        var error = await Assert.ThrowsAsync<RequestTimedOutException>(() => Generation.Of(
            engine,
            new() { PromptTokens = Start, IgnoreEndOfSequence = true, Timeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Contains("0.05 s", error.Message, StringComparison.Ordinal);
        await ConcurrencyTests.Idle(engine);
    }

    [Fact]
    public async Task Log_probabilities_of_the_prompt_are_those_of_its_tokens_where_they_were_generated()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:q8_0");
        await using var engine = new InferenceEngine(model, new() { ContextLength = 400, Threads = 1 });
        var generated = new List<TokenLogProbability>();
        var request = new GenerationRequest
        {
            PromptTokens = Start,
            MaxTokens = 150,
            IgnoreEndOfSequence = true,
            LogProbabilities = 3,
            Sampling = SamplingOptions.Default with { Seed = 3 },
        };
        await foreach (var update in engine.GenerateAsync(request, Cancelled)) generated.AddRange(update.LogProbabilities);
        Assert.Equal(150, generated.Count);

        var prompt = new List<TokenLogProbability>();
        var echoed = request with
        {
            PromptTokens = Start.Concat(generated.Select(given => given.Token)).ToArray(),
            MaxTokens = 1,
            LogProbabilities = null,
            PromptLogProbabilities = 3,
        };
        await foreach (var update in engine.GenerateAsync(echoed, Cancelled)) prompt.AddRange(update.PromptLogProbabilities);
        Assert.Equal(generated.Select(Bits), prompt.Select(Bits));
        Assert.All(generated, given =>
        {
            Assert.Equal(given.Likeliest.OrderByDescending(likely => likely.LogProbability), given.Likeliest);
            if (given.Rank <= 3) Assert.Equal((given.Token, given.LogProbability), given.Likeliest[given.Rank - 1]);
        });

        static string Bits(TokenLogProbability given) =>
            $"{given.Token} {BitConverter.SingleToInt32Bits(given.LogProbability)} {given.Rank} {string.Join(' ', given.Likeliest)}";
    }

    private static GenerationRequest Request(Random random, int[] shared, int number)
    {
        int[] own = [.. Tokens(random, random.Next(1, 150))];
        return new()
        {
            PromptTokens = number % 3 == 0 ? own : shared.Take(random.Next(1, shared.Length)).Concat(own.Take(20)).ToArray(),
            MaxTokens = random.Next(1, 50),
            IgnoreEndOfSequence = number % 4 == 0,
            Sampling = number % 2 == 0 ? SamplingOptions.Greedy : new() { Seed = number, TopK = 40, RepetitionPenalty = 1.1f },
            Priority = number % 5 == 0 ? -1 : 0,
            CacheSalt = number % 7 == 0 ? "own" : "",
            Tenant = $"{number % 3}",
            LogProbabilities = 0,
        };
    }

    private static IEnumerable<int> Tokens(Random random, int count) => Enumerable.Range(0, count).Select(_ => random.Next(1, 250));

    private sealed record Generation(int Tokens, int[] Bits)
    {
        public static async Task<Generation> Of(InferenceEngine engine, GenerationRequest request)
        {
            var (tokens, probabilities) = (new List<int>(), new List<int>());
            await foreach (var update in engine.GenerateAsync(request, Cancelled))
            {
                tokens.AddRange(update.Tokens.Span);
                probabilities.AddRange(
                    update.LogProbabilities.Select(given => BitConverter.SingleToInt32Bits(given.LogProbability)));
            }

            return new(tokens.Count, [.. tokens, .. probabilities]);
        }
    }
}
