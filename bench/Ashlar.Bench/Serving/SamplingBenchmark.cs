using System.Diagnostics;
using Ashlar.Bench.Measuring;
using Ashlar.Engine;
using Ashlar.Engine.Sampling;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Serving;

/// <summary>
/// What choosing a token costs beside computing its logits: microseconds of one core for each way of choosing and each size of
/// vocabulary, over logits that are peaked as a language model's are, and over flat ones, which leave filters the most to do.
/// </summary>
internal static class SamplingBenchmark
{
    private const int Seed = 5;

    private static readonly (string Name, SamplingOptions Options, int? Likeliest)[] Cases =
    [
        ("greedy", SamplingOptions.Greedy, null),
        ("temperature 1", new() { Seed = 1 }, null),
        ("top-k 50", new() { Seed = 1, TopK = 50 }, null),
        ("top-p 0.95", new() { Seed = 1, TopP = 0.95f }, null),
        ("min-p 0.05", new() { Seed = 1, MinP = 0.05f }, null),
        ("typical-p 0.95", new() { Seed = 1, TypicalP = 0.95f }, null),
        ("all penalties", new() { Seed = 1, RepetitionPenalty = 1.1f, FrequencyPenalty = 0.2f, PresencePenalty = 0.1f }, null),
        ("greedy, 5 likeliest", SamplingOptions.Greedy, 5),
    ];

    /// <summary>Measures and prints.</summary>
    /// <param name="vocabularies">Numbers of token ids.</param>
    /// <param name="rounds">Tokens of each; the median counts.</param>
    public static void Run(IReadOnlyList<int> vocabularies, int rounds)
    {
        foreach (var isFlat in (bool[])[false, true])
        {
            Console.WriteLine($"{(isFlat ? "flat" : "peaked"),-20}" + string.Concat(vocabularies.Select(size => $"{size,12}")));
            foreach (var (name, options, likeliest) in Cases)
            {
                var times = vocabularies.Select(size => Median(options, likeliest, Logits(size, isFlat), rounds));
                Console.WriteLine($"{name,-20}" + string.Concat(times.Select(seconds => $"{seconds * 1e6,9:F1} us")));
            }
        }

        Console.WriteLine();
        foreach (var threads in (int[])[1, 2])
        {
            var times = vocabularies.Select(size => Together(Logits(size, isFlat: false), threads, rounds));
            Console.WriteLine(
                $"16 of T=1, {threads} threads" + string.Concat(times.Select(seconds => $"{seconds * 1e6,9:F1} us")));
        }
    }

    // The time that passes while sixteen sequences choose by temperature 1, the shortest of all rounds.
    private static double Together(float[] source, int threads, int rounds)
    {
        const int Sequences = 16;
        var samplers = Enumerable.Range(0, Sequences)
            .Select(i => new Sampler(new() { Seed = i }, source.Length, [], 0)).ToArray();
        var logits = samplers.Select(_ => source.ToArray()).ToArray();
        var candidates = samplers.Select(_ => new Candidates(source.Length)).ToArray();
        using var pool = new WorkerPool(threads);
        using var tasks = new ManagedTasks();
        var best = double.PositiveInfinity;
        for (var i = 0; i < rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            tasks.Run(pool, Sequences, number => samplers[number].Sample(logits[number], candidates[number]));
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return best;
    }

    private static double Median(SamplingOptions options, int? likeliest, float[] source, int rounds)
    {
        var prompt = Enumerable.Range(0, 1000).Select(i => i * 31 % source.Length).ToArray();
        var sampler = new Sampler(options, source.Length, prompt, 0);
        var candidates = new Candidates(source.Length);
        var logits = new float[source.Length];
        var times = new double[rounds];
        for (var i = -rounds; i < rounds; i++)
        {
            source.CopyTo(logits, 0);
            var seconds = CoreClock.Seconds(() =>
            {
                var own = likeliest is null ? null : candidates.Remember(logits);
                var token = sampler.Sample(logits, candidates);
                if (own is not null) LogProbabilities.Of(own, token, likeliest!.Value);
            });
            if (i >= 0) times[i] = seconds;
        }

        Array.Sort(times);
        return times[rounds / 2];
    }

    // A tenth of a permille of the tokens stands out of what is nearly a normal distribution.
    private static float[] Logits(int vocabulary, bool isFlat)
    {
        var random = new Random(Seed);
        var logits = new float[vocabulary];
        foreach (ref var logit in logits.AsSpan())
        {
            for (var i = 0; i < 6; i++) logit += random.NextSingle() - 0.5f;
            logit *= isFlat ? 1.4f : 3.5f;
            if (!isFlat && random.Next(10_000) == 0) logit += 12;
        }

        return logits;
    }
}
