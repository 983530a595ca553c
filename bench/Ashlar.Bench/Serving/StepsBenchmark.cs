using Ashlar.Bench.Measuring;
using Ashlar.Engine;
using Ashlar.Engine.Cache;
using Ashlar.Engine.Sampling;
using Ashlar.Engine.Speculation;
using Ashlar.Engine.Stepping;
using Ashlar.Models;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Serving;

/// <summary>
/// What the engine's thread does for a step beside the model: microseconds of it with sequences that generate and share nothing.
/// The model is never run; its logits are made up.
/// </summary>
internal static class StepsBenchmark
{
    private const int PromptTokens = 200, Steps = 480, BlocksOfRow = 128;

    /// <summary>Measures and prints.</summary>
    /// <param name="streams">Numbers of sequences.</param>
    public static void Run(IReadOnlyList<int> streams)
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:q4_0");
        var name = BlockName.Root("bench");
        var tokens = new int[BlockCache.BlockSize];
        var named = Enumerable.Range(0, 9).Select(_ => CoreClock.Seconds(() =>
        {
            for (var i = 0; i < 1000; i++) name = name.Next(tokens);
        })).Order().ElementAt(4);
        Console.WriteLine($"the name of a block: {named * 1e3:F2} us");
        string[] heads = ["plan", "settle", "text", "conclude", "publish", "sharing", "all", "worst"];
        Console.WriteLine($"{"us a step",-12}" + string.Concat(heads.Select(static head => $"{head,10}")));
        foreach (var count in streams) Measure(model, count);
    }

    private static void Measure(LanguageModel model, int count)
    {
        var facts = new ModelFacts(model, BlocksOfRow * BlockCache.BlockSize);
        var cache = new BlockCache(count * BlocksOfRow, key => BlockName.Root(key));
        var table = new int[count * BlocksOfRow];
        var options = new EngineOptions { MaxSequences = count };
        var scheduler = new Scheduler(
            cache, row => table.AsMemory(row * BlocksOfRow, BlocksOfRow), static (_, _) => { }, options);
        var record = new StepRecord(TimeProvider.System);
        var random = new Random(1);
        for (var i = 0; i < count; i++)
        {
            var request = new GenerationRequest
            {
                PromptTokens = Enumerable.Range(0, PromptTokens).Select(_ => random.Next(facts.Vocabulary)).ToArray(),
                MaxTokens = Steps * 2 + 400,
                IgnoreEndOfSequence = true,
                Sampling = SamplingOptions.Greedy,
            };
            scheduler.Add(new(new(request, 0), facts, TimeProvider.System, mostGuessed: 0));
        }

        var (costs, candidates, logits) = (new StepCosts(), new Candidates(facts.Vocabulary), new float[facts.Vocabulary]);
        using var items = new AttentionItems();
        var parts = new double[6];
        var worst = 0.0;
        for (var step = -Steps; step < Steps;)
        {
            var own = new double[parts.Length];
            own[0] = CoreClock.Seconds(() =>
            {
                scheduler.RemoveEnded(0);
                scheduler.Plan(costs);
            });
            var scheduled = scheduler.Scheduled;
            var rows = scheduled.Where(static s => s.Outputs > 0).Select(static s => s.Row).ToArray();
            var positions = scheduled.Where(static s => s.Outputs > 0).Select(static s => s.Computed).ToArray();
            own[1] = CoreClock.Seconds(() =>
            {
                cache.EndStep();
                foreach (var sequence in scheduled) sequence.Settle();
            });
            own[2] = CoreClock.Seconds(() =>
            {
                foreach (var sequence in scheduled)
                {
                    if (sequence.Outputs == 0) continue;
                    logits[random.Next(logits.Length)] += 1;
                    sequence.Choose(logits, candidates);
                }
            });
            own[3] = CoreClock.Seconds(() =>
            {
                foreach (var sequence in scheduled) record.Count(sequence.Scheduled, sequence.Conclude());
            });
            own[4] = CoreClock.Seconds(() => record.Publish(scheduler, cache.Pool, TimeSpan.Zero));
            own[5] = CoreClock.Seconds(() => items.Prepare(
                new CachedBatch(positions, rows, table, BlocksOfRow), ThreadCount.Default, new ItemShape(4, 8)));
            if (rows.Length < count) continue; // prompts are still computed
            if (++step <= 0) continue;
            var all = 0.0;
            for (var i = 0; i < parts.Length; i++)
            {
                parts[i] += own[i] / Steps;
                all += own[i];
            }

            worst = Math.Max(worst, all);
        }

        double[] columns = [.. parts, parts.Sum(), worst];
        Console.WriteLine($"{count,2} streams  " + string.Concat(columns.Select(static seconds => $"{seconds * 1e6,10:F1}")));
    }
}
