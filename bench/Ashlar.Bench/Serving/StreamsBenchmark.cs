using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Models;

namespace Ashlar.Bench.Serving;

/// <summary>Some streams at once through the engine: all tokens a second, and how long each waits for its first.</summary>
internal static class StreamsBenchmark
{
    /// <summary>Runs rounds of streams, each round with prompts of its own.</summary>
    /// <param name="path">The model.</param>
    /// <param name="load">What the streams ask for.</param>
    /// <param name="options">How the engine is set up.</param>
    /// <param name="rounds">How many rounds; one more comes first, unmeasured.</param>
    public static async Task<JsonObject> Run(string path, StreamLoad load, EngineOptions options, int rounds)
    {
        using var model = LanguageModel.Load(path);
        options = options with { ContextLength = load.Context, CacheTokens = (long)load.Context * load.Streams };
        await using var engine = new InferenceEngine(model, options);
        await Streams.Run(engine, load with { Tokens = 2 }, seed: 0);
        var results = new List<StreamsResult>();
        for (var round = 1; round <= rounds; round++)
        {
            var result = await Streams.Run(engine, load, round);
            Console.WriteLine(result);
            results.Add(result);
        }

        Console.WriteLine(engine.Statistics);

        var middle = results.OrderBy(static result => result.Seconds).ElementAt(results.Count / 2);
        return new()
        {
            ["model"] = model.Name,
            ["streams"] = load.Streams,
            ["shared"] = load.Shared,
            ["prompt"] = load.Prompt,
            ["tokens"] = load.Tokens,
            ["prefix_caching"] = options.PrefixCaching,
            ["tokens_per_second"] = middle.TokensPerSecond,
            ["decode_tokens_per_second"] = middle.DecodeTokensPerSecond,
            ["first_token_p50"] = middle.WaitAt(0.5),
            ["first_token_p95"] = middle.WaitAt(0.95),
        };
    }
}
