using Ashlar.Cli.Streams;
using Ashlar.Tensors.Runtime;
using Ashlar.Training.Recipes;
using Ashlar.Training.Runs;

namespace Ashlar.Cli.Training;

/// <summary>Shows a run while it goes on: as lines of JSON, as a page where a person watches, as plain lines elsewhere.</summary>
internal static class RunPresentation
{
    /// <summary>Runs something to its end, or until Ctrl-C or SIGTERM, which leave a checkpoint.</summary>
    /// <param name="recipe">What is run.</param>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="run">Runs it; is told whom to tell what happens, and what ends it.</param>
    /// <returns>The exit code.</returns>
    public static int Show(Recipe recipe, bool json, Action<Action<TrainingEvent>, CancellationToken> run)
    {
        var interrupted = Interrupts.Take();
        using var terminated = Interrupts.ListenForTermination();
        RunFinished? finished = null;
        if (json)
        {
            run(RunJson.Tell, interrupted);
            return ExitCode.Done;
        }

        var threads = recipe.Training.Threads;
        var peak = PeakRate.Measure(threads > 0 ? threads : ComputeDevice.Threads);
        if (StandardError.IsTerminal) new RunPage(peak).Show(Start);
        else Start(new RunLines(peak).Tell);
        if (finished is null) return ExitCode.Done; // another process has written what there is
        StandardOutput.Writer.WriteLine(finished.Output);
        StandardOutput.Writer.WriteLine(finished.Report);
        return ExitCode.Done;

        void Start(Action<TrainingEvent> tell) => run(
            what =>
            {
                finished = what as RunFinished ?? finished;
                tell(what);
            },
            interrupted);
    }
}
