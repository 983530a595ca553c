using System.Diagnostics;
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
        await Round(engine, load with { Tokens = 2 }, seed: 0);
        var results = new List<RoundResult>();
        for (var round = 1; round <= rounds; round++)
        {
            var result = await Round(engine, load, round);
            Console.WriteLine(result);
            results.Add(result);
        }

        Console.WriteLine(engine.Statistics);

        var best = results.OrderBy(result => result.Seconds).ElementAt(results.Count / 2);
        return new()
        {
            ["model"] = model.Name,
            ["streams"] = load.Streams,
            ["shared"] = load.Shared,
            ["prompt"] = load.Prompt,
            ["tokens"] = load.Tokens,
            ["prefix_caching"] = options.PrefixCaching,
            ["tokens_per_second"] = best.TokensPerSecond,
            ["decode_tokens_per_second"] = best.DecodeTokensPerSecond,
            ["first_token_p50"] = best.FirstTokenAt(0.5),
            ["first_token_p95"] = best.FirstTokenAt(0.95),
        };
    }

    private static async Task<RoundResult> Round(InferenceEngine engine, StreamLoad load, int seed)
    {
        var random = new Random(seed);
        var vocabulary = engine.Model.Configuration.VocabularySize;
        int[] shared = [.. Enumerable.Range(0, load.Shared).Select(_ => random.Next(vocabulary))];
        var prompts = Enumerable.Range(0, load.Streams).Select(
            _ => shared.Concat(Enumerable.Range(0, load.Prompt).Select(_ => random.Next(vocabulary))).ToArray()).ToArray();
        var watch = Stopwatch.StartNew();
        var streams = await Task.WhenAll(prompts.Select(prompt => Task.Run(() => Stream(engine, prompt, load.Tokens, watch))));
        return new(watch.Elapsed.TotalSeconds, load, streams);
    }

    private static async Task<(double First, double Last)> Stream(
        InferenceEngine engine, int[] prompt, int tokens, Stopwatch watch)
    {
        var request = new GenerationRequest
        {
            PromptTokens = prompt, MaxTokens = tokens, IgnoreEndOfSequence = true, Sampling = SamplingOptions.Greedy,
        };
        var first = double.NaN;
        await foreach (var update in engine.GenerateAsync(request))
        {
            if (double.IsNaN(first) && update.Tokens.Length > 0) first = watch.Elapsed.TotalSeconds;
        }

        return (first, watch.Elapsed.TotalSeconds);
    }

    private sealed record RoundResult(double Seconds, StreamLoad Load, (double First, double Last)[] Streams)
    {
        public double TokensPerSecond => Load.Streams * (Load.Prompt + Load.Tokens) / Seconds;

        /// <summary>Once every stream generates.</summary>
        public double DecodeTokensPerSecond =>
            Load.Streams * (Load.Tokens - 1) / (Streams.Max(stream => stream.Last) - Streams.Max(stream => stream.First));

        public double FirstTokenAt(double share)
        {
            var sorted = Streams.Select(stream => stream.First).Order().ToArray();
            return sorted[(int)Math.Min(share * sorted.Length, sorted.Length - 1)];
        }

        public override string ToString() =>
            FormattableString.Invariant($"{Seconds:0.00} s: {TokensPerSecond:0.0} tokens/s, decode {DecodeTokensPerSecond:0.0}, ")
                + FormattableString.Invariant($"first token {FirstTokenAt(0.5):0.00} s (median), {FirstTokenAt(0.95):0.00} s (95 %)");
    }
}
