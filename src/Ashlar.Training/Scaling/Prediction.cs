using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ashlar.Training.Scaling;

/// <summary>The loss that a run will reach, stated before it begins.</summary>
/// <param name="Compute">Multiplications and additions of the run.</param>
/// <param name="Loss">The loss, in nats.</param>
/// <param name="Low">The lower end of the interval in which nine of ten such predictions are right.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Floor">The law's loss of infinite compute.</param>
/// <param name="Factor">The law's factor.</param>
/// <param name="Exponent">The law's exponent.</param>
/// <param name="Runs">The runs that the law is fitted to.</param>
public sealed record Prediction(double Compute, double Loss, double Low, double High, double Floor, double Factor,
    double Exponent,
    IReadOnlyList<LadderRun> Runs)
{
    private const string FileName = "prediction.json";

    /// <summary>The loss that the law gives.</summary>
    /// <param name="compute">Multiplications and additions of a run.</param>
    public double LossAt(double compute) => new ScalingLaw(Floor, Factor, Exponent).LossAt(compute);

    /// <summary>From runs to the loss of a larger one.</summary>
    /// <exception cref="ArgumentException">There are too few runs.</exception>
    internal static Prediction Of(IReadOnlyList<LadderRun> runs, double compute)
    {
        var law = ScalingLaw.Fit([.. runs.Select(run => (run.Compute, run.Loss))]);
        var (loss, low, high) = law.Predict(compute);
        return new Prediction(compute, loss, low, high, law.Floor, law.Factor, law.Exponent, runs);
    }

    /// <summary>The prediction that lies in a run's folder; null for none.</summary>
    internal static Prediction? Find(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        using var stream = File.OpenRead(path);
        return JsonSerializer.Deserialize(stream, PredictionJson.Default.Prediction);
    }

    /// <summary>Writes it into a run's folder.</summary>
    internal void Write(string folder) => File.WriteAllText(
        Path.Combine(folder, FileName), JsonSerializer.Serialize(this, PredictionJson.Default.Prediction));
}

/// <summary>The JSON of predictions.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Prediction))]
internal sealed partial class PredictionJson : JsonSerializerContext;
