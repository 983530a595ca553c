using System.Text.Json.Nodes;
using Ashlar.Bench.Limits;
using Ashlar.Bench.Measuring;

namespace Ashlar.Bench.Training;

/// <summary>
/// <c>train-compare</c>: whole steps with AdamW, here and in PyTorch, beside what all cores can do in float32, in one run that
/// alternates.
/// </summary>
internal static class PeerSpeed
{
    private const int WarmSteps = 3;

    /// <summary>Measures.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="torch">The other side; null for Ashlar alone.</param>
    /// <param name="rounds">Steps of each side that count.</param>
    public static JsonObject Run(PeerTask task, PyTorch? torch, int rounds)
    {
        var operations = StepCase.OperationsOf(PeerShape.Named(task.Shape), task.Rows, task.Length);
        using var peak = new ArithmeticPeak(Arithmetic.Float32);
        using var pair = new TrainingPair(task, torch);
        foreach (var side in pair.Sides) side.Steps(WarmSteps);
        var speeds = Rounds.Measure(
            [.. peak.Loops, .. pair.Sides.Select(side => new Trial(side.Name, "GOPS", operations, side.Steps))], rounds);
        var most = speeds[..peak.Loops.Count].MaxBy(speed => speed.Median)!;
        Console.WriteLine($"{task}, beside {most.Median:F0} {most.Unit} of float32 by {most.Name}");

        var results = task.Json();
        results["peak"] = SpeedJson.Of(most);
        foreach (var (side, speed) in pair.Sides.Zip(speeds[peak.Loops.Count..]))
        {
            var (seconds, share) = (operations / speed.Median / 1e9, speed.Median / most.Median);
            Console.WriteLine($"{side.Name,10}: {seconds:F3} s a step, {task.Tokens / seconds:F0} tokens/s, "
                + $"{share:P0} of the peak, {side.PeakBytes >> 20} MiB at most");
            results[side.Name.ToLowerInvariant()] = new JsonObject
            {
                ["seconds"] = Math.Round(seconds, 5),
                ["tokens_per_second"] = Math.Round(task.Tokens / seconds, 1),
                ["share_of_peak"] = Math.Round(share, 4),
                ["peak_memory_bytes"] = side.PeakBytes,
                ["rounds"] = new JsonArray([.. speed.Rounds.Select(round => (JsonNode)Math.Round(operations / round / 1e9, 5))]),
            };
        }

        if (torch is null) return results;
        var (ours, theirs) = (speeds[^2], speeds[^1]);
        double[] ratios = [.. ours.Rounds.Zip(theirs.Rounds, (our, their) => our / their)];
        Console.WriteLine($"{"ratio",10}: {ours.Median / theirs.Median:F2} ({ratios.Min():F2} to {ratios.Max():F2})");
        results["peer"] = torch.Version;
        results["ratio"] = Math.Round(ours.Median / theirs.Median, 4);
        results["lowest_ratio"] = Math.Round(ratios.Min(), 4);
        results["highest_ratio"] = Math.Round(ratios.Max(), 4);
        return results;
    }
}
