using System.Globalization;
using Ashlar.Engine.Tests.Adapters;
using Ashlar.Engine.Tests.HuggingFace;
using Ashlar.Models;

namespace Ashlar.Engine.Tests.Stepping;

/// <summary>
/// Everything at once, through a cache that is too small for it: each request gives what it gives alone, in a fresh engine that
/// shares, guesses and keeps nothing. The variable <c>ASHLAR_SEED</c> repeats a run, <c>ASHLAR_MIX</c> says how many requests.
/// </summary>
public sealed class MixedLoadTests : IDisposable
{
    private const int Context = 3072, LongestPrompt = 3000, Sequences = 12, Wave = 40, StepsBetweenWaves = 15;

    private static readonly int Seed = Number("ASHLAR_SEED") ?? Random.Shared.Next();
    private static readonly int Requests = Number("ASHLAR_MIX") ?? 200;

    private readonly ModelHome _home = new();
    private readonly LanguageModel _model = LanguageModel.Load("synthetic:llama-tiny:q8_0");
    private readonly Random _random = new(Seed);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static EngineOptions Alone => new()
    {
        ContextLength = Context,
        Threads = 1,
        MaxSequences = 1,
        CacheTokens = Context,
        PrefixCaching = false,
        Speculation = SpeculationMethod.None,
    };

    private EngineOptions Together => Alone with
    {
        Threads = 2,
        MaxSequences = Sequences,
        QueueCapacity = Requests,
        CacheTokens = Context,
        PrefillChunk = 1200,
        MaxAdapters = 2,
        MaxAdapterRank = 8,
        PrefixCaching = true,
        Speculation = SpeculationMethod.Ngram,
        DiskCache = _home.Path("blocks"),
    };

    [Fact]
    public async Task Mixed_requests_at_once_cold_warm_and_after_a_restart_give_the_bits_of_each_alone()
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"ASHLAR_SEED={Seed}");
        for (var i = 0; i < MixedRequests.Adapters.Count; i++) SyntheticAdapter.Write(_model, AdapterPath(i), i, rank: 4 + 4 * i);
        var source = new MixedRequests(_random, LongestPrompt);
        GenerationRequest[] requests = [.. Enumerable.Range(0, Requests).Select(_ => source.Next())];
        var expected = new string[requests.Length];
        await Parallel.ForAsync(0, requests.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, _) =>
        {
            var hasAdapter = requests[i].Adapter is not null;
            await using var engine = new InferenceEngine(
                _model, hasAdapter ? Alone with { MaxAdapters = 2, MaxAdapterRank = 8 } : Alone);
            if (hasAdapter) await LoadAdapters(engine);
            expected[i] = await Bits(engine, requests[i]);
        });

        TestContext.Current.TestOutputHelper!.WriteLine($"{Environment.CpuUsage.TotalTime} alone");
        await using (var engine = new InferenceEngine(_model, Together))
        {
            await LoadAdapters(engine);
            await Serve(engine, requests, expected, "cold");
            Assert.True(engine.Statistics.Preemptions > 0, $"seed {Seed}: the cache was large enough for all");
            Assert.True(engine.Statistics.RightlyGuessedTokens > 0, $"seed {Seed}: nothing was guessed");
            await Serve(engine, requests, expected, "warm");
            Assert.True(engine.Statistics.FoundTokens > 0, $"seed {Seed}: nothing was found in memory");
        }

        await using (var engine = new InferenceEngine(_model, Together))
        {
            await LoadAdapters(engine);
            await Serve(engine, requests, expected, "after a restart");
            Assert.True(engine.Statistics.FoundOnDiskTokens > 0, $"seed {Seed}: nothing was found on disk");
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _home.Dispose();
    }

    private async Task Serve(InferenceEngine engine, GenerationRequest[] requests, string[] expected, string when)
    {
        int[] order = [.. Enumerable.Range(0, requests.Length)];
        _random.Shuffle(order);
        var started = engine.Statistics.Steps;
        var running = new List<Task<string>>();
        for (var place = 0; place < order.Length; place++)
        {
            // In waves: so that requests of better rank find others at work, which give way.
            if (place % Wave == 0) await Steps(engine, started + place / Wave * StepsBetweenWaves);
            var request = requests[order[place]];
            running.Add(Task.Run(() => Bits(engine, request), Cancelled));
        }

        var outputs = await Task.WhenAll(running);
        foreach (var (i, output) in order.Zip(outputs))
        {
            Assert.True(expected[i] == output, $"seed {Seed}, {when}: {requests[i]}\nalone    {expected[i]}\ntogether {output}");
        }

        await ConcurrencyTests.Idle(engine);
        var statistics = engine.Statistics;
        TestContext.Current.TestOutputHelper!.WriteLine($"{Environment.CpuUsage.TotalTime} {when}: {statistics}");
        Assert.Equal((0, 0, 0), (statistics.Running, statistics.Waiting, statistics.HeldBlocks));
        Assert.Equal(statistics.Blocks, statistics.FreeBlocks + statistics.EvictableBlocks);
    }

    private static async Task Steps(InferenceEngine engine, long count)
    {
        while (engine.Statistics.Steps < count && engine.ActiveRequests > 0) await Task.Delay(1, Cancelled);
    }

    private async Task LoadAdapters(InferenceEngine engine)
    {
        for (var i = 0; i < MixedRequests.Adapters.Count; i++)
        {
            await engine.LoadAdapterAsync(MixedRequests.Adapters[i], AdapterPath(i), Cancelled);
        }
    }

    private string AdapterPath(int number) => _home.Path($"{MixedRequests.Adapters[number]}.gguf");

    // All that the caller is told, numbers bit by bit.
    private static async Task<string> Bits(InferenceEngine engine, GenerationRequest request)
    {
        var (text, tokens, own, prompt) = ("", new List<int>(), new List<string>(), new List<string>());
        FinishReason? reason = null;
        await foreach (var update in engine.GenerateAsync(request, Cancelled))
        {
            text += update.Text;
            tokens.AddRange(update.Tokens.Span);
            own.AddRange(update.LogProbabilities.Select(Given));
            prompt.AddRange(update.PromptLogProbabilities.Select(Given));
            reason = update.FinishReason;
        }

        return $"{reason} {string.Join(' ', tokens)} '{text}' own {string.Join(' ', own)} prompt {string.Join(' ', prompt)}";

        static string Given(TokenLogProbability given) => $"{given.Token}:{Hex(given.LogProbability)}:{given.Rank}:"
            + string.Join(',', given.Likeliest.Select(likely => $"{likely.Token}={Hex(likely.LogProbability)}"));

        static string Hex(float value) => BitConverter.SingleToInt32Bits(value).ToString("x8", CultureInfo.InvariantCulture);
    }

    private static int? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : null;
}
