using System.Text.Json.Nodes;
using Ashlar.Bench.Limits;
using Ashlar.Bench.Measuring;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Training;

/// <summary>
/// <c>training</c>: products of the shapes that training steps have, beside what all cores can do, in one run that alternates.
/// </summary>
internal static class TrainingBenchmark
{
    /// <summary>Measures.</summary>
    /// <param name="threads">How many threads compute.</param>
    /// <param name="rounds">Samples of each product and of the peak.</param>
    public static JsonObject Run(int threads, int rounds)
    {
        using var peak = new ArithmeticPeak(Arithmetic.Float32);
        ProductCase[] products =
        [
            ProductCase.Forward(2048, 320, 864, threads),
            ProductCase.Forward(2048, 864, 320, threads),
            ProductCase.Rows(2048, 864, 320, threads),
            ProductCase.Rows(2048, 320, 864, threads),
            ProductCase.Weights(320, 2048, 864, threads),
            ProductCase.Weights(864, 2048, 320, threads),
            ProductCase.Forward(2048, 320, 4096, threads),
            ProductCase.Forward(256, 320, 4096, threads),
            ProductCase.Rows(256, 4096, 320, threads),
            ProductCase.Weights(4096, 256, 320, threads),
            ProductCase.Scores(64, 256, 40, 256, threads),
            ProductCase.Mixed(64, 256, 256, 40, threads),
            ProductCase.Values(64, 256, 256, 40, threads),
            ProductCase.Forward(256, 768, 3072, threads),
            ProductCase.Rows(256, 3072, 768, threads),
            ProductCase.Forward(256, 768, 50257, threads),
        ];
        StepCase[] steps =
        [
            new("llama of 9 M", PeerShape.Named("llama-9m"), rows: 8, length: 256, DType.F32, threads),
            new("llama of 9 M", PeerShape.Named("llama-9m"), rows: 8, length: 256, DType.BF16, threads),
            new("GPT-2 of 124 M", PeerShape.Named("gpt2-124m"), rows: 4, length: 64, DType.F32, threads),
        ];
        Trial[] trials =
            [.. peak.Loops, .. products.Select(product => product.Trial()), .. steps.Select(step => step.Trial())];
        var speeds = Rounds.Measure(trials, rounds);
        var most = speeds[..peak.Loops.Count].MaxBy(speed => speed.Median)!;
        Console.WriteLine($"float32, {Processor.NameOf(Processor.Chosen())}; {most.Name}: {most.Median:F1} {most.Unit}");
        Console.WriteLine($"{"product",-40}{"GOPS",10}{"best",10}{"of peak",10}");
        var results = new JsonArray();
        foreach (var speed in speeds[peak.Loops.Count..^steps.Length])
        {
            var share = speed.Median / most.Median;
            Console.WriteLine($"{speed.Name,-40}{speed.Median,10:F1}{speed.Best,10:F1}{share,10:P0}");
            results.Add(new JsonObject
            {
                ["product"] = speed.Name,
                ["share_of_peak"] = Math.Round(share, 4),
                ["speed"] = SpeedJson.Of(speed),
            });
        }

        var ofSteps = new JsonArray();
        foreach (var (step, speed) in steps.Zip(speeds[^steps.Length..]))
        {
            var share = speed.Median / most.Median;
            var tokens = step.TokensPerSecond(speed.Median);
            Console.WriteLine($"{speed.Name,-40}{speed.Median,10:F1}{speed.Best,10:F1}{share,10:P0}"
                + $"{tokens,10:F0} tokens/s, {step.Tokens / tokens:F3} s, {step.ArenaBytes >> 20} MiB");
            ofSteps.Add(new JsonObject
            {
                ["step"] = speed.Name,
                ["share_of_peak"] = Math.Round(share, 4),
                ["tokens_per_second"] = Math.Round(tokens, 1),
                ["bytes"] = step.ArenaBytes,
                ["speed"] = SpeedJson.Of(speed),
            });
            step.Dispose();
        }

        foreach (var product in products) product.Dispose();
        return new JsonObject
        {
            ["threads"] = threads,
            ["rounds"] = rounds,
            ["peak"] = SpeedJson.Of(most),
            ["products"] = results,
            ["steps"] = ofSteps,
        };
    }
}
