using Ashlar.Models;
using Ashlar.Tensors;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests.Tiers;

/// <summary>Prefixes that outlive the engine, on disk.</summary>
public sealed class CacheTierTests : IDisposable
{
    private const int Context = 600;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ashlar-tier-{Guid.NewGuid():N}");
    private readonly LanguageModel _model = LanguageModel.Load("synthetic:llama-tiny:q8_0");
    private readonly int[] _prompt = [.. Enumerable.Range(0, 500).Select(i => i * 7 % 250)];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private EngineOptions Options => new() { ContextLength = Context, Threads = 1, DiskCache = _folder };

    private GenerationRequest Request => new()
    {
        PromptTokens = _prompt,
        MaxTokens = 50,
        IgnoreEndOfSequence = true,
        Sampling = SamplingOptions.Greedy,
        LogProbabilities = 0,
    };

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public async Task A_prefix_is_found_again_after_a_restart_and_the_output_is_the_same_to_the_bit(DType cacheType)
    {
        var options = Options with { CacheType = cacheType };
        var cold = await Run(options, Request);
        Assert.Equal((500 + 49) / 16, Directory.GetFiles(_folder).Length);
        var (tokens, statistics) = await Run(options, Request);
        Assert.Equal(cold.Bits, tokens);
        Assert.Equal(496, statistics.FoundOnDiskTokens); // 31 of 32 blocks: the last token is computed
        Assert.Equal(0, statistics.FoundTokens);
    }

    [Fact]
    public async Task A_block_that_was_damaged_is_computed_again()
    {
        var cold = await Run(Options, Request);
        var files = Directory.GetFiles(_folder);
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file, Cancelled);
            bytes[^7] ^= 64;
            await File.WriteAllBytesAsync(file, bytes, Cancelled);
        }

        var again = await Run(Options, Request);
        Assert.Equal(cold.Bits, again.Bits);
        Assert.Equal(0, again.Statistics.FoundOnDiskTokens);
        var mended = await Run(Options, Request);
        Assert.Equal(cold.Bits, mended.Bits);
        Assert.True(mended.Statistics.FoundOnDiskTokens > 0);
    }

    [Fact]
    public async Task Blocks_damaged_in_every_way_change_no_output()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var cold = await Run(Options, Request);
        var files = Directory.GetFiles(_folder);
        for (var round = 0; round < 6; round++)
        {
            foreach (var file in files.Where((_, i) => i < 3 || random.Next(4) == 0))
            {
                // One that no run has read since it was cut short is still short.
                var bytes = await File.ReadAllBytesAsync(file, Cancelled) is { Length: > 0 } left ? left : [0];
                switch (random.Next(5))
                {
                    case 0: bytes = bytes[..random.Next(bytes.Length)]; break;
                    case 1: bytes = [.. bytes, 0]; break;
                    case 2: bytes = await File.ReadAllBytesAsync(files[random.Next(files.Length)], Cancelled); break; // another's
                    case 3: bytes[random.Next(Math.Min(128, bytes.Length))] ^= (byte)(1 << random.Next(8)); break; // the head
                    default: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
                }

                await File.WriteAllBytesAsync(file, bytes, Cancelled);
            }

            var again = await Run(Options, Request);
            Assert.True(cold.Bits.AsSpan().SequenceEqual(again.Bits), $"seed {seed}, round {round}");
            Assert.Equal(files.Order(), Directory.GetFiles(_folder).Order());
        }
    }

    [Fact]
    public async Task Another_model_or_another_salt_finds_nothing()
    {
        await Run(Options, Request);
        Assert.Equal(0, (await Run(Options, Request with { CacheSalt = "other" })).Statistics.FoundOnDiskTokens);
        using var other = LanguageModel.Load("synthetic:llama-tiny:q4_0");
        Assert.Equal(0, (await Run(Options, Request, other)).Statistics.FoundOnDiskTokens);
    }

    [Fact]
    public async Task A_sequence_that_gave_way_finds_its_own_blocks_on_disk()
    {
        // Room for one context: each of the two takes the other's blocks. The first is so long that it surely runs when the other comes.
        const int context = 2000;
        var options = Options with { ContextLength = context };
        await using var engine = new InferenceEngine(_model, options with { CacheTokens = context, MaxSequences = 1 });
        var first = Request with { MaxTokens = context - _prompt.Length };
        var slow = Task.Run(() => Outcome.Of(engine, first), Cancelled);
        await Eventually.HoldsAsync(() => engine.Statistics.GeneratedTokens >= 5);
        var prompt = Enumerable.Range(0, context - 50).Select(i => i * 11 % 250).ToArray();
        await Outcome.Of(engine, Request with { PromptTokens = prompt, Priority = -1 });
        var outcome = await slow;
        Assert.Equal(1, outcome.Usage.Preemptions);
        Assert.True(engine.Statistics.FoundOnDiskTokens > 400, $"{engine.Statistics.FoundOnDiskTokens} tokens came from disk");
        await using var alone = new InferenceEngine(_model, options with { DiskCache = null });
        Assert.Equal((await Outcome.Of(alone, first)).Tokens, outcome.Tokens);
    }

    public void Dispose()
    {
        _model.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task<(int[] Bits, EngineStatistics Statistics)> Run(
        EngineOptions options, GenerationRequest request, LanguageModel? model = null)
    {
        await using var engine = new InferenceEngine(model ?? _model, options);
        var (tokens, probabilities) = (new List<int>(), new List<int>());
        await foreach (var update in engine.GenerateAsync(request, Cancelled))
        {
            tokens.AddRange(update.Tokens.Span);
            probabilities.AddRange(update.LogProbabilities.Select(given => BitConverter.SingleToInt32Bits(given.LogProbability)));
        }

        await ConcurrencyTests.Idle(engine);
        return ([.. tokens, .. probabilities], engine.Statistics);
    }
}
