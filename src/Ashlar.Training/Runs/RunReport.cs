using System.Globalization;
using System.Text;
using Ashlar.Training.Plots;
using Ashlar.Training.Recipes;
using Ashlar.Training.Scaling;

namespace Ashlar.Training.Runs;

/// <summary>What a run leaves for people: <c>report.md</c> with tables, and <c>loss.svg</c>.</summary>
internal sealed class RunReport(Recipe recipe, RunLog log, long parameters, double operationsPerToken)
{
    private const int SmoothedSteps = 20;

    /// <summary>Writes both.</summary>
    /// <returns>The report's path.</returns>
    public string Write()
    {
        File.WriteAllText(Path.Combine(recipe.Folder, "loss.svg"), Plot());
        var path = Path.Combine(recipe.Folder, "report.md");
        File.WriteAllText(path, Text());
        return path;
    }

    private string Plot()
    {
        var steps = log.Records.Where(record => record.Kind == "step").ToList();
        List<PlotSeries> series = [new("training", Smooth(steps))];
        foreach (var source in log.Records.Where(record => record.Kind == "evaluation").GroupBy(record => record.Source!))
        {
            series.Add(new($"held out: {source.Key}", [.. source.Select(record => ((double)record.Step, record.Loss))],
                HasMarks: true));
        }

        return LinePlot.Draw(recipe.Name, "step", "loss (nats per token)", series);
    }

    // The mean of the last steps: single batches differ much.
    private static List<(double, double)> Smooth(List<LogRecord> steps)
    {
        var (points, sum) = (new List<(double, double)>(), 0.0);
        for (var i = 0; i < steps.Count; i++)
        {
            sum += steps[i].Loss - (i >= SmoothedSteps ? steps[i - SmoothedSteps].Loss : 0);
            points.Add((steps[i].Step, sum / Math.Min(i + 1, SmoothedSteps)));
        }

        return points;
    }

    private string Text()
    {
        var text = new StringBuilder();
        var steps = log.Records.Where(record => record.Kind == "step").ToList();
        var (tokens, seconds) = (steps.Sum(step => step.Tokens), steps.Sum(step => step.Seconds ?? 0));
        Line($"# {recipe.Name}");
        Line($"");
        Line($"![loss](loss.svg)");
        Line($"");
        Line($"| | |");
        Line($"|---|---|");
        Line($"| trained parameters | {parameters:N0} |");
        Line($"| steps | {steps.Count:N0} |");
        Line($"| tokens | {tokens:N0} |");
        Line($"| operations | {tokens * operationsPerToken:0.00e0} |");
        Line($"| time of steps | {TimeSpan.FromSeconds(Math.Round(seconds)):c} |");
        if (seconds > 0)
        {
            Line($"| tokens per second | {tokens / seconds:N0} |");
            Line($"| operations per second | {tokens * operationsPerToken / seconds / 1e9:N1} billion |");
        }

        var last = Math.Min(SmoothedSteps, steps.Count);
        if (last > 0) Line($"| training loss, mean of the last {last} steps | {Last(steps):F4} |");
        Line($"| written to | `{Path.GetFileName(recipe.Output)}` |");
        Line($"");
        WriteEvaluations(text);
        if (Prediction.Find(recipe.Folder) is { } prediction)
        {
            text.Append(new PredictionReport(recipe, log.Evaluations).Write(prediction));
        }

        Line($"## Recipe");
        Line($"");
        Line($"| key | value |");
        Line($"|---|---|");
        foreach (var (key, value) in recipe.Settings) Line($"| `{key}` | {Cell(value)} |");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private void WriteEvaluations(StringBuilder text)
    {
        if (log.Evaluations is not { Count: > 0 } evaluations) return;
        text.Append("## Held-out data\n\n| source | step | tokens | loss | perplexity |\n|---|---|---|---|---|\n");
        foreach (var (step, source, loss, tokens) in evaluations)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(source)} | {step:N0} | {tokens:N0} | ")
                .Append(CultureInfo.InvariantCulture, $"{loss:F4} | {Math.Exp(loss):F3} |\n");
        }

        text.Append('\n');
    }

    private static double Last(List<LogRecord> steps) => steps.TakeLast(SmoothedSteps).Average(step => step.Loss);

    private static string Cell(string value) => value.ReplaceLineEndings("\\n").Replace("|", "\\|", StringComparison.Ordinal);
}
