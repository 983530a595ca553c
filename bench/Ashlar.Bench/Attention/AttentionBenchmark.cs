using Ashlar.Bench.Measuring;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Attention;

/// <summary>
/// <c>attention</c>: a step of decode reduced to its attention, for streams behind a common prefix that is kept once, beside the
/// same with a copy for each.
/// </summary>
internal static class AttentionBenchmark
{
    private const int Layers = 4;

    /// <summary>Measures.</summary>
    /// <param name="streams">Numbers of streams.</param>
    /// <param name="prefix">Positions of the prefix.</param>
    /// <param name="own">Positions of each stream behind it.</param>
    /// <param name="types">The types of keys, or of keys and values with a colon between; null for F16.</param>
    /// <param name="threads">How many threads compute.</param>
    /// <param name="rounds">Samples of each.</param>
    public static void Run(IReadOnlyList<int> streams, int prefix, int own, IReadOnlyList<string>? types, int threads, int rounds)
    {
        Console.WriteLine(
            $"{Processor.NameOf(Processor.Chosen())}, {threads} threads, prefix {prefix}, own {own}; milliseconds of a layer");
        Console.WriteLine($"{"shape",-28}{"streams",8}{"apart",10}{"shared",10}{"ratio",8}{"apart GB/s",12}{"shared GOPS",12}");
        foreach (var type in types ?? ["F16"])
        {
            var (keys, values) = type.Split(':') is [var first, var second] ? (first, second) : (type, type);
            foreach (var shape in new[]
                     {
                         new AttentionShape($"qwen3-0.6b {type}", Layers, 16, 8, 128, Of(keys), Of(values)),
                         new AttentionShape($"llama-3.2-1b {type}", Layers, 32, 8, 64, Of(keys), Of(values)),
                         new AttentionShape($"one key head {type}", Layers, 4, 1, 256, Of(keys), Of(values)),
                     })
            {
                foreach (var count in streams) Measure(shape, count, prefix, own, threads, rounds);
            }
        }
    }

    private static void Measure(AttentionShape shape, int streams, int prefix, int own, int threads, int rounds)
    {
        using var apart = new AttentionCase(shape, streams, prefix, own, false, threads);
        using var shared = new AttentionCase(shape, streams, prefix, own, true, threads);
        Trial[] trials = [apart.Steps("apart", prefix + own), shared.Steps("shared", prefix + own)];
        var speeds = Rounds.Measure(trials, rounds, 0.1);
        var milliseconds = speeds.Select((speed, i) => trials[i].Work / speed.Median / 1e6 / shape.Layers).ToArray();
        var bytes = (double)streams * (prefix + own) * shape.KeyHeads
            * (shape.KeyType.ByteLength(shape.Size) + shape.ValueType.ByteLength(shape.Size));
        Console.WriteLine(
            $"{shape.Name,-28}{streams,8}{milliseconds[0],10:F3}{milliseconds[1],10:F3}{milliseconds[0] / milliseconds[1],8:F2}"
            + $"{bytes / milliseconds[0] / 1e6,12:F1}{speeds[1].Median,12:F1}");
    }

    private static DType Of(string name) => Enum.TryParse<DType>(name, true, out var type)
        ? type
        : throw new ArgumentException($"'{name}' is no type of a cache");
}
