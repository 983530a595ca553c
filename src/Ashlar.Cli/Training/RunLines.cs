using System.Diagnostics;
using System.Globalization;
using Ashlar.Cli.Streams;
using Ashlar.Training.Runs;

namespace Ashlar.Cli.Training;

/// <summary>A run as lines on standard error: the first step, one each few seconds, evaluations, and what was noticed.</summary>
internal sealed class RunLines(double peak)
{
    private const double SecondsBetween = 5;

    private RunProgress? _progress;
    private long _told;

    public void Tell(TrainingEvent what)
    {
        switch (what)
        {
            case RunStarted run:
                _progress = new RunProgress(run, peak);
                var steps = $"steps {run.FirstStep} to {run.Steps}";
                Write($"{run.Name}: {run.Parameters:N0} parameters, {steps} of {run.TokensPerStep:N0} tokens");
                break;
            case RunStepped { Report: var step }:
                _progress!.Add(step);
                var isDue = _told == 0 || step.Step == _progress.Run.Steps
                    || Stopwatch.GetElapsedTime(_told).TotalSeconds >= SecondsBetween;
                if (!isDue) return;
                _told = Stopwatch.GetTimestamp();
                var place = $"step {step.Step} of {_progress.Run.Steps}";
                Write($"{place}: loss {_progress.Loss:F4}, {Speed(_progress)}, {_progress.Left:c} left");
                break;
            case RunEvaluated { Report: var report }:
                var of = $"step {report.Step}: held out of {report.Source}";
                Write($"{of}: loss {report.Loss:F4}, perplexity {report.Perplexity:F2}");
                break;
            case RunPredicted { Prediction: var prediction }:
                Write($"predicted loss: {prediction.Loss:F4}, between {prediction.Low:F4} and {prediction.High:F4}");
                break;
            case RunNoticed { Message: var message }:
                Write($"{message}");
                break;
        }
    }

    private static string Speed(RunProgress progress) => string.Create(
        CultureInfo.InvariantCulture, $"{progress.TokensPerSecond:N0} tokens/s, {progress.ShareOfPeak:P0} of the f32 peak");

    private static void Write(FormattableString line) => StandardError.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
