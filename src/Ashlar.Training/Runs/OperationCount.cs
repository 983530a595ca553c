using Ashlar.Models;
using Ashlar.Training.Models;

namespace Ashlar.Training.Runs;

/// <summary>
/// What a token costs: six operations for each weight that it is multiplied by (two forward, four backward; Kaplan and others,
/// 2020), and twelve for each element of a head that it attends over.
/// </summary>
internal static class OperationCount
{
    /// <summary>Of a model and rows of some length.</summary>
    public static double PerToken(TrainedModel model, int length) => PerToken(
        model.Configuration, model.Weights.Select(weight => KeyValuePair.Create(weight.Key, weight.Value.Elements)), length);

    /// <summary>Of weights by name and rows of some length.</summary>
    public static double PerToken(ModelConfiguration model, IEnumerable<KeyValuePair<string, long>> weights, int length)
    {
        var isTied = true;
        var (multiplied, embedding) = (0.0, 0.0);
        foreach (var (name, elements) in weights)
        {
            isTied &= name != "output.weight";
            if (name == "token_embd.weight") embedding = elements;
            else if (name != "position_embd.weight") multiplied += elements * ShareOf(name, model);
        }

        if (isTied) multiplied += embedding;
        var attended = (double)model.Layers * model.Heads * (model.HeadSize + model.ValueSize) / 2 * length;
        return (6 * multiplied) + (12 * attended);
    }

    // Of the experts, a token goes through a few.
    private static double ShareOf(string name, ModelConfiguration model) =>
        model.Experts is { } experts && name.Contains("_exps.", StringComparison.Ordinal)
            ? (double)experts.Used / experts.Count : 1;
}
