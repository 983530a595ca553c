using System.Diagnostics;
using Ashlar.Engine;

namespace Ashlar.Bench.Serving;

/// <summary>Streams at once through an engine.</summary>
internal static class Streams
{
    /// <summary>Runs a load with prompts of random tokens.</summary>
    /// <param name="engine">What answers.</param>
    /// <param name="load">What is asked for.</param>
    /// <param name="seed">What the prompts are drawn by.</param>
    public static async Task<StreamsResult> Run(InferenceEngine engine, StreamLoad load, int seed)
    {
        var random = new Random(seed);
        var vocabulary = engine.Model.Configuration.VocabularySize;
        int[] shared = Draw(load.Shared);
        var prompts = Enumerable.Range(0, load.Streams).Select(_ => shared.Concat(Draw(load.Prompt)).ToArray()).ToArray();
        var leaderHasToken = new TaskCompletionSource();
        if (!load.HasLeader) leaderHasToken.SetResult();
        var watch = Stopwatch.StartNew();
        var streams = await Task.WhenAll(prompts.Select(async (prompt, i) =>
        {
            if (i > 0) await leaderHasToken.Task;
            return await Task.Run(() => One(engine, prompt, load.Tokens, watch, i == 0 ? leaderHasToken : null));
        }));
        return new(load, watch.Elapsed.TotalSeconds, streams);

        int[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    /// <summary>Runs one stream.</summary>
    /// <param name="engine">What answers.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="tokens">How many tokens to generate.</param>
    /// <param name="watch">The clock.</param>
    /// <param name="hasToken">Told when the first token is there.</param>
    /// <param name="answer">Takes the tokens.</param>
    public static async Task<StreamTimes> One(
        InferenceEngine engine, int[] prompt, int tokens, Stopwatch watch, TaskCompletionSource? hasToken = null,
        List<int>? answer = null)
    {
        var request = new GenerationRequest
        {
            PromptTokens = prompt,
            MaxTokens = tokens,
            IgnoreEndOfSequence = true,
            Sampling = SamplingOptions.Greedy,
        };
        var asked = watch.Elapsed.TotalSeconds;
        var times = new List<double>(tokens);
        await foreach (var update in engine.GenerateAsync(request))
        {
            for (var i = 0; i < update.Tokens.Length; i++) times.Add(watch.Elapsed.TotalSeconds);
            answer?.AddRange(update.Tokens.Span);
            if (times.Count > 0) hasToken?.TrySetResult();
        }

        return new(asked, times);
    }
}
