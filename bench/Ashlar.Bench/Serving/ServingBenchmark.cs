using System.Diagnostics;
using System.Text.Json.Nodes;
using Ashlar.Bench.Measuring;
using Ashlar.Engine;
using Ashlar.Models;
using Ashlar.Tensors;

namespace Ashlar.Bench.Serving;

/// <summary>
/// What the engine's means of sparing work bring, and what they cost where they can spare none: each scenario with and without,
/// in alternation, on the same model.
/// </summary>
internal sealed class ServingBenchmark(string path, int? threads, int rounds, DType cache)
{
    /// <summary>The scenarios by name.</summary>
    public static IReadOnlyList<string> Names => ["shared-prefix", "nothing-shared", "copying", "reload"];

    private EngineOptions Options => new() { Threads = threads, CacheType = cache };

    /// <summary>Runs a scenario.</summary>
    /// <returns>Its figures, each with, without, and their ratio: above 1 where the means helps.</returns>
    public async Task<JsonArray> Run(string name) => name switch
    {
        "shared-prefix" => await SharedPrefix(),
        "nothing-shared" => await NothingShared(),
        "copying" => await Copying(),
        "reload" => await Reload(),
        _ => throw new ArgumentException($"there is no scenario '{name}'; there are {string.Join(", ", Names)}"),
    };

    // The tree and attention over shared blocks.
    private async Task<JsonArray> SharedPrefix()
    {
        var load = new StreamLoad(16, 2048, 32, 64) { HasLeader = true };
        var pairs = await Pairs(load, options => options with
        {
            PrefillChunk = 4 * (load.Shared + load.Prompt), // or streams that began first would end before the last begins
            Speculation = SpeculationMethod.None,
        });
        var what = $"16 streams behind 2,048 shared tokens, {cache}";
        return
        [
            Figure($"{what}: decode", "tokens/s", pairs, static result => result.DecodeTokensPerSecond),
            Figure($"{what}: first token of the 2nd to the 16th", "s", pairs, static result => result.MedianWaitOfFollowers),
        ];
    }

    private async Task<JsonArray> NothingShared()
    {
        var pairs = await Pairs(new(16, 0, 256, 64), options => options with { Speculation = SpeculationMethod.None });
        return [Figure("16 streams of 256 + 64 that share nothing", "tokens/s", pairs, result => result.TokensPerSecond)];
    }

    private async Task<List<(StreamsResult With, StreamsResult Without)>> Pairs(
        StreamLoad load, Func<EngineOptions, EngineOptions> set)
    {
        using var model = LanguageModel.Load(path);
        var options = set(Options with
        {
            MaxSequences = load.Streams,
            ContextLength = load.Context,
            CacheTokens = (long)load.Context * load.Streams,
        });
        await using var with = new InferenceEngine(model, options);
        await using var without = new InferenceEngine(model, options with { PrefixCaching = false });
        foreach (var engine in new[] { with, without })
        {
            await Streams.Run(engine, load with { Shared = Math.Min(load.Shared, 64), Tokens = 4 }, seed: 0);
        }

        return await Alternate(seed => Streams.Run(with, load, seed), seed => Streams.Run(without, load, seed));
    }

    // Guesses by what followed before, where the answer copies a passage of the prompt.
    private async Task<JsonArray> Copying()
    {
        const int Passage = 512, Between = 16, Answer = 256;
        var file = Path.Combine(Path.GetTempPath(), $"ashlar-followers-{Environment.ProcessId}.gguf");
        try
        {
            using (var original = LanguageModel.Load(path)) FollowerModel.Write(original, file);
            using var model = LanguageModel.Load(file);
            var options = Options with { ContextLength = Passage + Between + Answer + 1 };
            await using var with = new InferenceEngine(model, options);
            await using var without = new InferenceEngine(model, options with { Speculation = SpeculationMethod.None });
            var pairs = await Alternate(seed => Copy(with, seed), seed => Copy(without, seed));
            if (pairs.Any(static pair => !pair.With.Answer.SequenceEqual(pair.Without.Answer)))
            {
                throw new InvalidOperationException("guesses changed what was generated; this is a fault");
            }

            var statistics = with.Statistics;
            Console.WriteLine($"{statistics.RightlyGuessedTokens} of {statistics.GuessedTokens} guesses were right");
            return
            [
                Figure("an answer that copies 256 tokens of its prompt: decode", "tokens/s", pairs,
                    result => (Answer - 1) / (result.Times.Last - result.Times.First)),
            ];
        }
        finally
        {
            File.Delete(file);
        }

        static async Task<(StreamTimes Times, List<int> Answer)> Copy(InferenceEngine engine, int seed)
        {
            var random = new Random(seed);
            var vocabulary = engine.Model.Configuration.VocabularySize;
            var prompt = new List<int> { random.Next(vocabulary) };
            while (prompt.Count < Passage) prompt.Add(FollowerModel.FollowerOf(prompt[^1], vocabulary));
            var start = prompt[Passage / 4];
            for (var i = 0; i < Between; i++) prompt.Add(random.Next(vocabulary));
            prompt.Add(start);
            var answer = new List<int>();
            var times = await Streams.One(engine, [.. prompt], Answer, Stopwatch.StartNew(), answer: answer);
            if (!answer.SequenceEqual(prompt.Skip(Passage / 4 + 1).Take(Answer)))
            {
                throw new InvalidOperationException("the answer is no copy of the passage; the model's layers add too much");
            }

            return (times, answer);
        }
    }

    // Keys and values of a prompt that another process computed.
    private async Task<JsonArray> Reload()
    {
        const int Prefix = 2048;
        var folder = Directory.CreateTempSubdirectory("ashlar-reload-").FullName;
        try
        {
            using var model = LanguageModel.Load(path);
            var options = Options with { ContextLength = Prefix + 64, DiskCache = folder };
            for (var round = 0; round <= rounds; round++) await First(options, round); // these leave their blocks
            var pairs = await Alternate(seed => First(options, seed), seed => First(options with { DiskCache = null }, seed));
            const string What = "first token behind 2,048 tokens that an earlier process computed";
            return [Figure(What, "s", pairs, static seconds => seconds)];

            async Task<double> First(EngineOptions options, int seed)
            {
                await using var engine = new InferenceEngine(model, options);
                var vocabulary = model.Configuration.VocabularySize;
                await Streams.One(engine, [.. Draw(-1, 32)], 2, Stopwatch.StartNew()); // its code is made
                return (await Streams.One(engine, [.. Draw(seed, Prefix + 1)], 2, Stopwatch.StartNew())).Wait;

                IEnumerable<int> Draw(int seed, int count)
                {
                    var random = new Random(seed);
                    return Enumerable.Range(0, count).Select(_ => random.Next(vocabulary));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A pair comes first that is not counted.
    private async Task<List<(T With, T Without)>> Alternate<T>(Func<int, Task<T>> with, Func<int, Task<T>> without)
    {
        var pairs = new List<(T, T)>();
        for (var round = 0; round <= rounds; round++)
        {
            var isFirst = round % 2 == 0;
            var early = await (isFirst ? with : without)(round);
            var late = await (isFirst ? without : with)(round);
            if (round > 0) pairs.Add(isFirst ? (early, late) : (late, early));
        }

        return pairs;
    }

    private static JsonObject Figure<T>(string what, string unit, List<(T With, T Without)> pairs, Func<T, double> of)
    {
        var isTime = unit == "s";
        double[] with = [.. pairs.Select(pair => of(pair.With))], without = [.. pairs.Select(pair => of(pair.Without))];
        double[] ratios = [.. with.Zip(without, (one, other) => isTime ? other / one : one / other)];
        Console.WriteLine(
            FormattableString.Invariant($"{what}: {Rounds.Median(with):G4} {unit} with, {Rounds.Median(without):G4} without, ")
            + FormattableString.Invariant($"ratio {Rounds.Median(ratios):F2} ({ratios.Min():F2} to {ratios.Max():F2})"));
        return new()
        {
            ["what"] = what,
            ["unit"] = unit,
            ["with"] = Rounds.Median(with),
            ["without"] = Rounds.Median(without),
            ["ratio"] = Rounds.Median(ratios),
            ["rounds"] = new JsonArray([.. ratios.Select(static ratio => (JsonNode)ratio)]),
        };
    }
}
