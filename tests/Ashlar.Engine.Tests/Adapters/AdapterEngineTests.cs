using Ashlar.Engine.Tests.HuggingFace;
using Ashlar.Models;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests.Adapters;

/// <summary>Requests that name adapters, beside requests that name others or none, while adapters come and go.</summary>
public sealed class AdapterEngineTests : IDisposable
{
    private readonly ModelHome _home = new();
    private readonly TinyModel _tiny = TinyModels.Make("llama");
    private readonly LanguageModel _model;

    public AdapterEngineTests()
    {
        TinyModels.Write(_tiny, _home.Path("base.gguf"));
        _model = LanguageModel.Load(_home.Path("base.gguf"));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static EngineOptions Options => new()
    {
        ContextLength = 200,
        Threads = 2,
        MaxSequences = 8,
        MaxAdapters = 2,
        MaxAdapterRank = 6,
        PrefillChunk = 16,
    };

    public void Dispose()
    {
        _model.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Mixed_requests_give_the_same_bits_together_and_alone()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        int[] shared = [.. Tokens(random, 40)];
        var requests = Enumerable.Range(0, 30).Select(i => new GenerationRequest
        {
            PromptTokens = i % 4 == 0 ? Tokens(random, random.Next(1, 60)) : [.. shared, .. Tokens(random, i % 3)],
            MaxTokens = random.Next(1, 30),
            Sampling = i % 2 == 0 ? SamplingOptions.Greedy : new() { Seed = i },
            Adapter = (i % 3) switch { 0 => null, 1 => "one", _ => "two" },
            LogProbabilities = 0,
        }).ToArray();

        var alone = new List<int[]>();
        foreach (var request in requests)
        {
            await using var engine = new InferenceEngine(
                _model, Options with { MaxSequences = 1, PrefixCaching = false, Speculation = SpeculationMethod.None });
            if (request.Adapter is { } name) await engine.LoadAdapterAsync(name, Written(name), Cancelled);
            alone.Add(await Bits(engine, request));
        }

        await using var together = new InferenceEngine(_model, Options with { CacheTokens = 400 });
        await together.LoadAdapterAsync("two", Written("two"), Cancelled);
        await together.LoadAdapterAsync("one", Written("one"), Cancelled);
        for (var round = 0; round < 2; round++)
        {
            var bits = await Task.WhenAll(requests.Select(request => Task.Run(() => Bits(together, request), Cancelled)));
            for (var i = 0; i < requests.Length; i++)
            {
                Assert.True(alone[i].AsSpan().SequenceEqual(bits[i]), $"seed {seed}: request {i} of round {round} differs");
            }
        }

        Assert.True(together.Statistics.FoundTokens > 0, $"seed {seed}: nothing was found");
        Assert.All(together.Adapters, adapter => Assert.Equal(0, adapter.ActiveRequests));
    }

    [Fact]
    public async Task What_was_computed_with_one_adapter_serves_no_other_nor_one_of_the_same_name()
    {
        await using var engine = new InferenceEngine(_model, Options);
        var request = new GenerationRequest
        {
            PromptTokens = Tokens(new Random(1), 80),
            MaxTokens = 5,
            Sampling = SamplingOptions.Greedy,
            Adapter = "a",
        };
        await engine.LoadAdapterAsync("a", Written("one"), Cancelled);
        var first = await Outcome.Of(engine, request);
        Assert.Equal(0, first.Usage.CachedTokens);
        Assert.Equal(0, (await Outcome.Of(engine, request with { Adapter = null })).Usage.CachedTokens);
        Assert.Equal(79, (await Outcome.Of(engine, request)).Usage.CachedTokens);

        await engine.UnloadAdapterAsync("a", Cancelled);
        await engine.LoadAdapterAsync("a", Written("two"), Cancelled);
        Assert.Equal(0, (await Outcome.Of(engine, request)).Usage.CachedTokens);

        // The same content under another name is the same adapter; under another salt it is kept apart.
        await engine.LoadAdapterAsync("b", Written("one"), Cancelled);
        var again = await Outcome.Of(engine, request with { Adapter = "b" });
        Assert.Equal(79, again.Usage.CachedTokens);
        Assert.Equal(first.Tokens, again.Tokens);
        var salted = request with { Adapter = "b", CacheSalt = "s" };
        Assert.Equal(0, (await Outcome.Of(engine, salted)).Usage.CachedTokens);
        var adapter = engine.Adapters.Single(known => known.Name == "b");
        Assert.Equal(("b", Written("one"), 5, 0), (adapter.Name, adapter.Path, adapter.Rank, adapter.ActiveRequests));
    }

    [Fact]
    public async Task An_adapter_leaves_when_its_last_request_has_ended_while_others_come()
    {
        await using var engine = new InferenceEngine(_model, Options with { ContextLength = 8000 });
        await engine.LoadAdapterAsync("one", Written("one"), Cancelled);
        var request = new GenerationRequest
        {
            PromptTokens = new[] { 1 },
            IgnoreEndOfSequence = true,
            Sampling = SamplingOptions.Greedy,
            Adapter = "one",
            LogProbabilities = 0,
        };
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await using var running = engine.GenerateAsync(request, source.Token).GetAsyncEnumerator(source.Token);
        Assert.True(await running.MoveNextAsync());
        Assert.Equal(1, engine.Adapters.Single().ActiveRequests);

        var leaving = engine.UnloadAdapterAsync("one", Cancelled);
        Assert.False(leaving.IsCompleted);
        Assert.Empty(engine.Adapters);
        Assert.Throws<UnknownAdapterException>(() => engine.GenerateAsync(request, Cancelled));

        // Two others do not find room, one does, and the name is free at once.
        await engine.LoadAdapterAsync("one", Written("two"), Cancelled);
        await Assert.ThrowsAsync<AdapterRefusedException>(() => engine.LoadAdapterAsync("three", Written("one"), Cancelled));
        var short2 = request with { MaxTokens = 20 };
        var second = await Bits(engine, short2);
        Assert.True(await running.MoveNextAsync());

        await source.CancelAsync();
        await leaving;
        await engine.LoadAdapterAsync("three", Written("one"), Cancelled);
        Assert.Equal(second, await Bits(engine, short2));
        Assert.NotEqual(second, await Bits(engine, short2 with { Adapter = "three" }));
    }

    [Fact]
    public async Task An_adapter_that_takes_the_place_of_another_lets_its_requests_end()
    {
        await using var engine = new InferenceEngine(_model, Options with { ContextLength = 8000 });
        await Assert.ThrowsAsync<UnknownAdapterException>(() => engine.ReplaceAdapterAsync("a", Written("one"), Cancelled));
        await engine.LoadAdapterAsync("a", Written("one"), Cancelled);
        var request = new GenerationRequest
        {
            PromptTokens = new[] { 1 },
            IgnoreEndOfSequence = true,
            Sampling = SamplingOptions.Greedy,
            Adapter = "a",
            LogProbabilities = 0,
        };
        var first = await Bits(engine, request with { MaxTokens = 20 });
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await using var running = engine.GenerateAsync(request, source.Token).GetAsyncEnumerator(source.Token);
        Assert.True(await running.MoveNextAsync());
        await engine.ReplaceAdapterAsync("a", Written("two"), Cancelled);
        var second = await Bits(engine, request with { MaxTokens = 20 });
        Assert.NotEqual(first, second);

        // Both places are in use; once the first request has left, there is one again.
        var running2 = engine.GenerateAsync(request, source.Token).GetAsyncEnumerator(source.Token);
        Assert.True(await running2.MoveNextAsync());
        await Assert.ThrowsAsync<AdapterRefusedException>(() => engine.ReplaceAdapterAsync("a", Written("one"), Cancelled));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await running2.MoveNextAsync());
        await Assert.ThrowsAsync<FileNotFoundException>(() => engine.ReplaceAdapterAsync("a", _home.Path("nothing"), Cancelled));
        Assert.Equal(second, await Bits(engine, request with { MaxTokens = 20 }));
        await Eventually.HoldsAsync(() => engine.ActiveRequests == 0);
        await engine.ReplaceAdapterAsync("a", Written("one"), Cancelled);
        Assert.Equal(first, await Bits(engine, request with { MaxTokens = 20 }));
    }

    [Fact]
    public async Task What_cannot_be_loaded_or_named_is_an_error_that_says_why_and_takes_no_room()
    {
        await using var engine = new InferenceEngine(_model, Options with { MaxAdapters = 1 });
        var request = new GenerationRequest { PromptTokens = new[] { 1 }, MaxTokens = 1, Adapter = "none" };
        Assert.Contains("none is loaded", Unknown(engine, request), StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnknownAdapterException>(() => engine.UnloadAdapterAsync("none", Cancelled));
        await Assert.ThrowsAsync<FileNotFoundException>(() => engine.LoadAdapterAsync("a", _home.Path("nothing"), Cancelled));
        new TinyAdapter(_tiny, seed: 1, rank: 7).WriteGguf(_home.Path("large.gguf"));
        var large = await Assert.ThrowsAsync<AdapterRefusedException>(
            () => engine.LoadAdapterAsync("a", _home.Path("large.gguf"), Cancelled));
        Assert.Contains("rank 7", large.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AdapterRefusedException>(() => engine.LoadAdapterAsync("", Written("one"), Cancelled));

        await engine.LoadAdapterAsync("a", Written("one"), Cancelled);
        var twice = await Assert.ThrowsAsync<AdapterRefusedException>(() => engine.LoadAdapterAsync("a", Written("one"), Cancelled));
        Assert.Contains("'a'", twice.Message, StringComparison.Ordinal);
        Assert.Contains("loaded are a", Unknown(engine, request), StringComparison.Ordinal);

        await using var without = new InferenceEngine(_model, Options with { MaxAdapters = 0 });
        await Assert.ThrowsAsync<AdapterRefusedException>(() => without.LoadAdapterAsync("a", Written("one"), Cancelled));
        Unknown(without, request);
        Assert.Throws<ArgumentException>(() => new InferenceEngine(_model, Options with { MaxAdapters = -1 }));
        Assert.Throws<ArgumentException>(() => new InferenceEngine(_model, Options with { MaxAdapterRank = 0 }));

        static string Unknown(InferenceEngine engine, GenerationRequest request) =>
            Assert.Throws<UnknownAdapterException>(() => engine.GenerateAsync(request, Cancelled)).Message;
    }

    [Fact]
    public async Task Whoever_waits_for_an_adapter_to_leave_is_told_when_the_engine_ends()
    {
        var engine = new InferenceEngine(_model, Options with { ContextLength = 1 << 20 });
        await engine.LoadAdapterAsync("one", Written("one"), Cancelled);
        var request = new GenerationRequest { PromptTokens = new[] { 1 }, IgnoreEndOfSequence = true, Adapter = "one" };
        await using var running = engine.GenerateAsync(request, Cancelled).GetAsyncEnumerator(Cancelled);
        await running.MoveNextAsync();
        var leaving = engine.UnloadAdapterAsync("one", Cancelled);
        await engine.DisposeAsync();
        // Its last request ended with the engine; either is an end.
        var ended = await Record.ExceptionAsync(() => leaving);
        Assert.True(ended is null or ObjectDisposedException, $"{ended}");
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.LoadAdapterAsync("two", Written("two"), Cancelled));
    }

    // Adapter "one" of rank 5, "two" of rank 3.
    private string Written(string name)
    {
        var path = _home.Path($"{name}.gguf");
        var seed = name == "one" ? 1 : 2;
        if (!File.Exists(path)) new TinyAdapter(_tiny, seed, rank: name == "one" ? 5 : 3).WriteGguf(path);
        return path;
    }

    private static int[] Tokens(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(1, TinyModel.Vocabulary))];

    private static async Task<int[]> Bits(InferenceEngine engine, GenerationRequest request)
    {
        var (tokens, probabilities) = (new List<int>(), new List<int>());
        await foreach (var update in engine.GenerateAsync(request, Cancelled))
        {
            tokens.AddRange(update.Tokens.Span);
            probabilities.AddRange(update.LogProbabilities.Select(given => BitConverter.SingleToInt32Bits(given.LogProbability)));
        }

        return [.. tokens, .. probabilities];
    }
}
