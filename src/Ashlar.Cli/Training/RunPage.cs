using System.Diagnostics;
using System.Globalization;
using Ashlar.Training;
using Ashlar.Training.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ashlar.Cli.Training;

/// <summary>
/// A run as a page of the terminal that is drawn anew a few times a second: the loss curve and what matters in numbers.
/// </summary>
internal sealed class RunPage(double peak)
{
    private const int ChartWidth = 60, ChartHeight = 10;
    private const double SecondsBetween = 0.25;

    private readonly OrderedDictionary<string, EvaluationReport> _evaluations = [];
    private RunProgress? _progress;
    private string _notice = "";
    private long _drawn;

    /// <summary>Shows a run while it goes on, on standard error.</summary>
    /// <param name="run">Runs it and tells what happens.</param>
    public void Show(Action<Action<TrainingEvent>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Live(new Text("preparing …")).Start(page => run(what =>
        {
            Take(what);
            if (_progress?.Last is null) return;
            var isRare = what is not RunStepped;
            if (!isRare && Stopwatch.GetElapsedTime(_drawn).TotalSeconds < SecondsBetween) return;
            _drawn = Stopwatch.GetTimestamp();
            page.UpdateTarget(Draw(_progress));
        }));
    }

    private void Take(TrainingEvent what)
    {
        switch (what)
        {
            case RunStarted run:
                _progress = new RunProgress(run, peak);
                _evaluations.Clear();
                break;
            case RunStepped { Report: var step }:
                _progress!.Add(step);
                break;
            case RunEvaluated { Report: var report }:
                _evaluations[report.Source] = report;
                break;
            case RunPredicted { Prediction: var prediction }:
                _notice = string.Create(CultureInfo.InvariantCulture,
                    $"predicted loss: {prediction.Loss:F4}, between {prediction.Low:F4} and {prediction.High:F4}");
                break;
            case RunNoticed { Message: var message }:
                _notice = message;
                break;
        }
    }

    private Panel Draw(RunProgress progress)
    {
        var (run, last) = (progress.Run, progress.Last!);
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn("");
        Row("step", $"{last.Step:N0} of {run.Steps:N0}");
        Row("loss", $"{progress.Loss:F4}");
        foreach (var (source, report) in _evaluations)
        {
            Row($"held out: {source}", $"{report.Loss:F4}, perplexity {report.Perplexity:F2} (step {report.Step:N0})");
        }

        Row("learning rate", $"{last.LearningRate:0.###e+0}");
        Row("gradient norm", $"{last.GradientNorm:F3}");
        Row("speed", $"{progress.TokensPerSecond:N0} tokens/s, {progress.ShareOfPeak:P0} of the machine's float32 peak");
        Row("time left", $"{progress.Left:c}");
        List<IRenderable> parts =
        [
            new Text(string.Join('\n', LossChart.Draw(progress.Losses, ChartWidth, ChartHeight))), new Text(""), table,
        ];
        if (_notice.Length > 0) parts.Add(new Text(_notice));
        return new Panel(new Rows(parts))
        {
            Header = new PanelHeader(Markup.Escape($" {run.Name} ")),
            Border = BoxBorder.Rounded,
        };

        void Row(string name, FormattableString value) =>
            table.AddRow(new Text(name), new Text(value.ToString(CultureInfo.InvariantCulture)));
    }
}
