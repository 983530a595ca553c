using System.Text.Json.Nodes;

namespace Ashlar.Bench.Training;

/// <summary>
/// <c>train-losses</c>: how far apart the losses of two programs come that train the same weights on the same tokens.
/// </summary>
internal static class PeerLosses
{
    /// <summary>Trains.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="torch">The other side.</param>
    /// <param name="steps">How many steps.</param>
    public static JsonObject Run(PeerTask task, PyTorch torch, int steps)
    {
        using var pair = new TrainingPair(task, torch);
        var (ours, theirs) = (new double[steps], new double[steps]);
        for (var step = 0; step < steps; step++)
        {
            (ours[step], theirs[step]) = (pair.Sides[0].Step().Loss, pair.Sides[1].Step().Loss);
        }

        var apart = ours.Zip(theirs, (our, their) => Math.Abs(our - their)).Max();
        Console.WriteLine($"{task}, {steps} steps: losses {ours[0]:F4} to {ours[^1]:F4}, at most {apart:E1} from PyTorch's");
        var results = task.Json();
        results["steps"] = steps;
        results["peer"] = torch.Version;
        results["apart"] = apart;
        results["ashlar"] = Numbers(ours);
        results["pytorch"] = Numbers(theirs);
        return results;
    }

    private static JsonArray Numbers(double[] losses) => new([.. losses.Select(loss => (JsonNode)Math.Round(loss, 6))]);
}
