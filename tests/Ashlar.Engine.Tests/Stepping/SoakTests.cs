using System.Globalization;
using Ashlar.Engine.Grammars;
using Ashlar.Models;

namespace Ashlar.Engine.Tests.Stepping;

/// <summary>
/// Very many requests, of which many are cancelled or left, through a cache that is too small for them. The variable
/// <c>ASHLAR_SOAK</c> says how many.
/// </summary>
[Collection(nameof(AllocationTests))]
public class SoakTests
{
    private const int Clients = 48, Prefixes = 12;

    private static readonly int Requests =
        int.Parse(Environment.GetEnvironmentVariable("ASHLAR_SOAK") ?? "4000", CultureInfo.InvariantCulture);

    private static readonly int Seed =
        int.Parse(Environment.GetEnvironmentVariable("ASHLAR_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blocks_are_all_accounted_for_and_memory_stays_flat_after_very_many_requests()
    {
        var seed = Seed;
        using var model = LanguageModel.Load("synthetic:llama-tiny:q8_0");
        await using var engine = new InferenceEngine(
            model, new() { ContextLength = 160, Threads = 2, MaxSequences = 16, CacheTokens = 640, PrefillChunk = 64 });
        int[][] prefixes = [.. Enumerable.Range(0, Prefixes).Select(i => Tokens(new(seed + i), 100))];

        await Serve(Requests / 2, 1);
        var (before, resident) = Memory();
        await Serve(Requests / 2, 2);
        var (after, residentAfter) = Memory();

        var statistics = engine.Statistics;
        Assert.Equal((0, 0, 0), (statistics.Running, statistics.Waiting, statistics.HeldBlocks));
        Assert.Equal(statistics.Blocks, statistics.FreeBlocks + statistics.EvictableBlocks);
        Assert.True(statistics.FoundTokens > 0 && statistics.Preemptions > 0, $"seed {seed}: {statistics}");
        Assert.True(after - before < 1 << 20, $"seed {seed}: the heap grew by {after - before} bytes");
        Assert.True(residentAfter - resident < 32 << 20, $"seed {seed}: the process grew by {residentAfter - resident} bytes");

        async Task Serve(int count, int part)
        {
            using var watch = new BlockWatch(engine);
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
            {
                var random = new Random(HashCode.Combine(seed, client, part));
                while (Interlocked.Increment(ref next) <= count) await One(engine, random, prefixes[random.Next(Prefixes)]);
            })));
            await ConcurrencyTests.Idle(engine);
            watch.End(seed);
        }
    }

    /// <summary>
    /// What a sequence wastes is what its last block has left: at most 15 places of 16, half of that on average, and the places
    /// that were reserved for a prompt while it is computed. Of a sequence of 300 to 700 tokens the former is 2 in a hundred.
    /// </summary>
    [Fact]
    public async Task Of_the_places_that_sequences_hold_fewer_than_four_in_a_hundred_are_unused()
    {
        var random = new Random(Seed);
        using var model = LanguageModel.Load("synthetic:llama-tiny:q8_0");
        await using var engine = new InferenceEngine(
            model, new() { ContextLength = 1000, Threads = 2, MaxSequences = 16, CacheTokens = 16_000 });
        GenerationRequest[] requests = [.. Enumerable.Range(0, 80).Select(i => new GenerationRequest
        {
            PromptTokens = Tokens(random, random.Next(200, 500)),
            MaxTokens = random.Next(100, 200),
            IgnoreEndOfSequence = true,
            Sampling = new() { Seed = i },
        })];
        using var watch = new BlockWatch(engine);
        await Task.WhenAll(requests.Select(request => Task.Run(() => Outcome.Of(engine, request), Cancelled)));
        await ConcurrencyTests.Idle(engine);
        watch.End(Seed);
        TestContext.Current.TestOutputHelper!.WriteLine($"{watch.Waste:P2} of the places, in {watch.Looks} looks");
        Assert.True(watch.Looks > 20, $"seed {Seed}: only {watch.Looks} looks");
        Assert.True(watch.Waste < 0.04, $"seed {Seed}: {watch.Waste:P2} of the places are unused");
    }

    private static async Task One(InferenceEngine engine, Random random, int[] prefix)
    {
        using var source = new CancellationTokenSource();
        var request = new GenerationRequest
        {
            PromptTokens = prefix.Take(random.Next(prefix.Length)).Concat(Tokens(random, random.Next(1, 20))).ToArray(),
            MaxTokens = random.Next(1, 24),
            IgnoreEndOfSequence = random.Next(2) == 0,
            Sampling = random.Next(2) == 0 ? SamplingOptions.Greedy : new() { Seed = random.Next() },
            Stop = random.Next(4) == 0 ? ["e", "ab"] : [],
            Grammar = random.Next(8) == 0 ? new RegexGrammar("[a-z]{1,9}") : null,
            Priority = random.Next(3),
            Tenant = $"{random.Next(4)}",
            CacheSalt = random.Next(6) == 0 ? "own" : "",
            IsInteractive = random.Next(20) == 0,
            Timeout = random.Next(30) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 30)) : null,
        };
        try
        {
            var left = random.Next(5) == 0 ? random.Next(4) : int.MaxValue;
            if (random.Next(6) == 0) source.CancelAfter(random.Next(20));
            await foreach (var _ in engine.GenerateAsync(request, source.Token))
            {
                if (--left < 0) break;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or RequestTimedOutException)
        {
            // as it was asked for
        }
    }

    private static int[] Tokens(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(1, 250))];

    private static (long Managed, long Resident) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
