using System.Globalization;
using System.Text.Json.Nodes;
using Ashlar.Tensors;

namespace Ashlar.Bench.Training;

/// <summary>What two programs train.</summary>
/// <param name="Shape">The name of a model.</param>
/// <param name="Rows">Rows of a batch.</param>
/// <param name="Length">Tokens of a row.</param>
/// <param name="Products">What Ashlar multiplies in; PyTorch always in float32.</param>
/// <param name="LearningRate">AdamW's, in every step.</param>
/// <param name="Threads">How many threads compute.</param>
internal sealed record PeerTask(string Shape, int Rows, int Length, DType Products, double LearningRate, int Threads)
{
    /// <summary>Tokens of a step.</summary>
    public int Tokens => Rows * Length;

    /// <summary>The options of <c>train-steps</c> and of <c>train.py</c> that say it, but for the products.</summary>
    public IReadOnlyList<string> Options =>
    [
        "--rows", Text(Rows), "--length", Text(Length), "--learning-rate", Text(LearningRate), "--threads", Text(Threads),
        "--steps", Text(int.MaxValue), // as many as are asked for
    ];

    /// <summary>The task in a file of results.</summary>
    public JsonObject Json() => new()
    {
        ["shape"] = Shape,
        ["rows"] = Rows,
        ["length"] = Length,
        ["products"] = Products.ToString(),
        ["learning_rate"] = LearningRate,
        ["threads"] = Threads,
    };

    public override string ToString() => $"{Shape} {Rows}x{Length} {Products}";

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
