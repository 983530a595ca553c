using Ashlar.Bench.Measuring;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Attention;

/// <summary>
/// <c>attention</c>: a step reduced to its attention. Of decode, for streams behind a common prefix that is kept once, beside the
/// same with a copy for each; of a prompt's next tokens, behind those that came before. All types of the cache in alternation.
/// </summary>
internal static class AttentionBenchmark
{
    private const int Layers = 4;

    /// <summary>Measures.</summary>
    /// <param name="steps">What is computed.</param>
    /// <param name="types">The types of keys, or of keys and values with a colon between; null for F16.</param>
    /// <param name="threads">How many threads compute.</param>
    /// <param name="rounds">Samples of each.</param>
    public static void Run(AttentionSteps steps, IReadOnlyList<string>? types, int threads, int rounds)
    {
        Console.WriteLine(
            $"{Processor.NameOf(Processor.Chosen())}, {threads} threads; milliseconds of a layer, ratios to the first type");
        types ??= ["F16"];
        foreach (var (name, heads, keyHeads, size) in ((string, int, int, int)[])
                 [("qwen3-0.6b", 16, 8, 128), ("llama-3.2-1b", 32, 8, 64), ("one key head", 4, 1, 256)])
        {
            AttentionShape[] shapes =
            [
                .. types.Select(type => new AttentionShape(
                    type, Layers, heads, keyHeads, size, Of(type.Split(':')[0]), Of(type.Split(':')[^1]))),
            ];
            foreach (var streams in steps.Streams) Decode(name, shapes, steps, streams, threads, rounds);
            foreach (var behind in steps.Behind) Prefill(name, shapes, steps.Prompt, behind, threads, rounds);
        }
    }

    private static void Decode(
        string name, AttentionShape[] shapes, AttentionSteps steps, int streams, int threads, int rounds)
    {
        var positions = steps.Prefix + steps.Own;
        Measure($"{name}, decode of {streams} behind {steps.Prefix}", ["apart", "shared"], shapes, rounds, (shape, isShared) =>
            (new AttentionCase(shape, streams, steps.Prefix, steps.Own, 1, isShared, threads), positions));
    }

    private static void Prefill(string name, AttentionShape[] shapes, int tokens, int behind, int threads, int rounds) =>
        Measure($"{name}, prefill of {tokens} behind {behind}", ["prefill"], shapes, rounds, (shape, _) =>
            (new AttentionCase(shape, 1, behind, tokens, tokens, false, threads), behind + tokens));

    private static void Measure(
        string title, string[] kinds, AttentionShape[] shapes, int rounds,
        Func<AttentionShape, bool, (AttentionCase Case, int Positions)> make)
    {
        var cases = shapes
            .SelectMany(shape => kinds.Select(kind => (shape, kind, made: make(shape, kind == "shared")))).ToArray();
        Trial[] trials = [.. cases.Select(each => each.made.Case.Steps(each.kind, each.made.Positions))];
        var speeds = Rounds.Measure(trials, rounds, 0.1);
        Console.WriteLine(title);
        for (var i = 0; i < trials.Length; i++)
        {
            var ratio = Rounds.Median(speeds[i].Rounds.Zip(speeds[i % kinds.Length].Rounds, (own, first) => own / first));
            var milliseconds = trials[i].Work / speeds[i].Median / 1e6 / Layers;
            Console.WriteLine(
                $"  {cases[i].shape.Name,-12}{cases[i].kind,-8}{milliseconds,10:F3} ms{ratio,8:F2}{speeds[i].Median,10:F1} GOPS");
        }

        foreach (var each in cases) each.made.Case.Dispose();
    }

    private static DType Of(string name) => Enum.TryParse<DType>(name, true, out var type)
        ? type
        : throw new ArgumentException($"'{name}' is no type of a cache");
}
