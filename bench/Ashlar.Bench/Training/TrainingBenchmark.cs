using System.Text.Json.Nodes;
using Ashlar.Bench.Limits;
using Ashlar.Bench.Measuring;
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
        Trial[] trials = [.. peak.Loops, .. products.Select(product => product.Trial())];
        var speeds = Rounds.Measure(trials, rounds);
        var most = speeds[..peak.Loops.Count].MaxBy(speed => speed.Median)!;
        Console.WriteLine($"float32, {Processor.NameOf(Processor.Chosen())}; {most.Name}: {most.Median:F1} {most.Unit}");
        Console.WriteLine($"{"product",-40}{"GOPS",10}{"best",10}{"of peak",10}");
        var results = new JsonArray();
        foreach (var speed in speeds[peak.Loops.Count..])
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

        foreach (var product in products) product.Dispose();
        return new JsonObject
        {
            ["threads"] = threads,
            ["rounds"] = rounds,
            ["peak"] = SpeedJson.Of(most),
            ["products"] = results,
        };
    }
}
