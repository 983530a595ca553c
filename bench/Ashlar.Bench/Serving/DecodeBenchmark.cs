using System.Diagnostics;
using Ashlar.Bench.Measuring;
using Ashlar.Engine;
using Ashlar.Engine.Cache;
using Ashlar.Models;
using Ashlar.Tensors;

namespace Ashlar.Bench.Serving;

/// <summary>
/// <c>decode</c>: the model's part of a step in which some streams generate behind a prefix that all of them begin with: with the
/// prefix kept once, with a copy for each, and with no prefix at all. No prompt is computed: the cache holds small numbers.
/// </summary>
internal static class DecodeBenchmark
{
    private enum Prefix
    {
        Shared,
        Apart,
        None,
    }

    /// <summary>Measures and prints.</summary>
    /// <param name="path">The model.</param>
    /// <param name="streams">How many streams.</param>
    /// <param name="prefix">Positions that they share.</param>
    /// <param name="own">Positions of each behind these.</param>
    /// <param name="types">Types of the cache.</param>
    /// <param name="threads">How many threads compute; the time of one is what it has run.</param>
    /// <param name="rounds">Samples of each.</param>
    public static void Run(
        string path, int streams, int prefix, int own, IReadOnlyList<DType> types, int threads, int rounds)
    {
        using var model = LanguageModel.Load(path);
        var cases = types.SelectMany(type => Enum.GetValues<Prefix>().Select(kind => (type, kind))).ToArray();
        var passes = cases.Select(each => Make(model, streams, prefix, own, each.type, each.kind, threads)).ToArray();
        Trial[] trials =
        [
            .. cases.Select((each, i) => new Trial($"{each.type} {each.kind}", "steps", 1e9, count =>
            {
                if (threads == 1) return CoreClock.Seconds(() => Repeat(passes[i], count));
                var start = Stopwatch.GetTimestamp();
                Repeat(passes[i], count);
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            })),
        ];
        var speeds = Rounds.Measure(trials, rounds, 0.2);
        Console.WriteLine($"{model.Name}: {streams} streams behind {prefix} tokens, {own} of their own, {threads} threads");
        for (var i = 0; i < cases.Length; i++)
        {
            var first = i / 3 * 3;
            var ratio = Rounds.Median(speeds[first].Rounds.Zip(speeds[i].Rounds, static (shared, each) => shared / each));
            Console.WriteLine(
                $"  {trials[i].Name,-14}{1e3 / speeds[i].Median,9:F1} ms, best {1e3 / speeds[i].Best,9:F1} ms"
                + $"{streams * speeds[i].Median,9:F1} tokens/s{ratio,8:F2}");
        }

        foreach (var pass in passes) pass.Dispose();
    }

    private static void Repeat(PagedPass pass, int steps)
    {
        for (var i = 0; i < steps; i++) pass.Run();
    }

    private static PagedPass Make(
        LanguageModel model, int streams, int prefix, int own, DType type, Prefix kind, int threads)
    {
        const int Size = BlockCache.BlockSize;
        var common = kind == Prefix.None ? 0 : prefix / Size;
        var each = common + (own + Size - 1) / Size;
        var shared = kind == Prefix.Shared ? common : 0;
        var pass = new PagedPass(model, shared + streams * (each - shared), streams, each, type, threads);
        for (var row = 0; row < streams; row++)
        {
            var blocks = pass.Row(row).Span;
            for (var i = 0; i < each; i++) blocks[i] = i < shared ? i : shared + row * (each - shared) + i - shared;
        }

        // 0x28 and 0x29 are small numbers in every type.
        var random = new Random(1);
        var bytes = new byte[pass.Cache.BytesOfBlock];
        foreach (ref var one in bytes.AsSpan()) one = (byte)(0x28 | random.Next(2));
        for (var block = 0; block < pass.Cache.Count; block++) pass.Cache.Import(block, bytes);

        var inputs = pass.Inputs;
        inputs.Resize(streams, streams);
        for (var row = 0; row < streams; row++)
        {
            inputs.Tokens[row] = random.Next(pass.Vocabulary);
            inputs.Sequences[row] = inputs.Outputs[row] = row;
            inputs.Positions[row] = common * Size + own - 1;
            inputs.Slots[row] = pass.Slot(row, inputs.Positions[row]);
        }

        return pass;
    }
}
