using Ashlar.Training;
using Ashlar.Training.Runs;

namespace Ashlar.Cli.Training;

/// <summary>What is known of a run while it goes on.</summary>
internal sealed class RunProgress
{
    private const int Recent = 20; // steps that speed and loss are means of

    private readonly double _peak;
    private readonly Queue<StepReport> _recent = new();

    /// <summary>Begins with a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="peak">Float32 operations that the machine makes in a second at most.</param>
    public RunProgress(RunStarted run, double peak) => (Run, _peak) = (run, peak);

    /// <summary>The run.</summary>
    public RunStarted Run { get; }

    /// <summary>The loss of each step.</summary>
    public List<double> Losses { get; } = [];

    /// <summary>The last step; null before the first.</summary>
    public StepReport? Last { get; private set; }

    /// <summary>The mean loss of the last steps.</summary>
    public double Loss => _recent.Average(step => step.Loss);

    /// <summary>Tokens in a second, of the last steps.</summary>
    public double TokensPerSecond => _recent.Sum(step => step.Tokens) / _recent.Sum(step => step.Seconds);

    /// <summary>The last steps' operations, as a share of the machine's float32 peak; with bfloat16 it may be above 1.</summary>
    public double ShareOfPeak => TokensPerSecond * Run.OperationsPerToken / _peak;

    /// <summary>How long the steps that are left will take.</summary>
    public TimeSpan Left => TimeSpan.FromSeconds(
        Math.Round((Run.Steps - (Last?.Step ?? 0)) * _recent.Average(step => step.Seconds)));

    /// <summary>Takes a step in.</summary>
    public void Add(StepReport step)
    {
        Last = step;
        Losses.Add(step.Loss);
        _recent.Enqueue(step);
        if (_recent.Count > Recent) _recent.Dequeue();
    }
}
