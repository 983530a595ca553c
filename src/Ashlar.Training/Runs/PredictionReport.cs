using System.Globalization;
using System.Text;
using Ashlar.Training.Plots;
using Ashlar.Training.Recipes;
using Ashlar.Training.Scaling;

namespace Ashlar.Training.Runs;

/// <summary>The part of a report that holds what was predicted against what came: a table, and <c>scaling.svg</c>.</summary>
internal sealed class PredictionReport(Recipe recipe, IReadOnlyList<EvaluationReport> evaluations)
{
    private const int CurvePoints = 60;

    /// <summary>Writes the plot.</summary>
    /// <returns>The section, Markdown.</returns>
    public string Write(Prediction prediction)
    {
        double? reached = evaluations.Count > 0 ? ScalingLadder.LossOf(evaluations) : null;
        File.WriteAllText(Path.Combine(recipe.Folder, "scaling.svg"), Plot(prediction, reached));
        var text = new StringBuilder();
        Line($"## Prediction");
        Line($"");
        Line($"![loss by compute](scaling.svg)");
        Line($"");
        var (floor, factor, exponent) = (prediction.Floor, prediction.Factor, prediction.Exponent);
        Line($"Fitted to the runs below, of C operations each: loss = {floor:F3} + {factor:0.###e0} C^-{exponent:F3}.");
        Line($"");
        Line($"| run | parameters | tokens | operations | loss |");
        Line($"|---|---|---|---|---|");
        foreach (var (index, run) in prediction.Runs.Index())
        {
            Line($"| {index + 1} | {run.Parameters:N0} | {run.Tokens:N0} | {run.Compute:0.00e0} | {run.Loss:F4} |");
        }

        var interval = string.Create(CultureInfo.InvariantCulture, $"{prediction.Low:F4} to {prediction.High:F4}");
        Line($"| predicted | | | {prediction.Compute:0.00e0} | {prediction.Loss:F4} ({interval}) |");
        if (reached is { } loss)
        {
            Line($"| reached | | | {prediction.Compute:0.00e0} | {loss:F4} |");
            Line($"");
            Line($"The prediction is off by {(prediction.Loss - loss) / loss:+0.0%;-0.0%;0.0%} of the loss.");
        }

        Line($"");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Plot(Prediction prediction, double? reached)
    {
        var first = prediction.Runs.Min(run => run.Compute);
        var curve = Enumerable.Range(0, CurvePoints + 1)
            .Select(place => first * Math.Pow(prediction.Compute / first, (double)place / CurvePoints))
            .Select(compute => (compute, prediction.LossAt(compute)));
        List<PlotSeries> series =
        [
            new("law", [.. curve]),
            new("small runs", [.. prediction.Runs.Select(run => (run.Compute, run.Loss))], HasMarks: true, HasLine: false),
            new("predicted interval", [(prediction.Compute, prediction.Low), (prediction.Compute, prediction.High)],
                HasMarks: true),
        ];
        if (reached is { } loss) series.Add(new("reached", [(prediction.Compute, loss)], HasMarks: true));
        return LinePlot.Draw("loss by compute", "operations", "loss (nats per token)", series, isLogarithmic: true);
    }
}
