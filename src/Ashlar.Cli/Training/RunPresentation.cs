using Ashlar.Cli.Streams;
using Ashlar.Tensors.Runtime;
using Ashlar.Training.Distributed;
using Ashlar.Training.Recipes;
using Ashlar.Training.Runs;

namespace Ashlar.Cli.Training;

/// <summary>Runs a recipe and shows it: as lines of JSON, as a page where a person watches, as plain lines elsewhere.</summary>
internal static class RunPresentation
{
    /// <summary>Runs to the end, or until Ctrl-C, which leaves a checkpoint.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Recipe recipe, bool resume, bool merges, bool json)
    {
        var interrupted = Interrupts.Take();
        RunFinished? finished = null;
        if (json)
        {
            Start(RunJson.Tell);
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

        void Start(Action<TrainingEvent> tell) => new TrainingRun(recipe, what =>
        {
            finished = what as RunFinished ?? finished;
            tell(what);
        })
        {
            Merges = merges,
            Place = ProcessPlace.FromEnvironment(Environment.GetEnvironmentVariable),
        }.Run(resume, interrupted);
    }
}
