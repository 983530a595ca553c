namespace Ashlar.Training.Runs;

/// <summary>Something that whoever watches a run is told.</summary>
public abstract record TrainingEvent
{
    private protected TrainingEvent()
    {
    }
}

/// <summary>The run begins, or goes on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Where its files go.</param>
/// <param name="Parameters">How many numbers are trained.</param>
/// <param name="FirstStep">Steps that were made before.</param>
/// <param name="Steps">All steps.</param>
/// <param name="TokensPerStep">Tokens of a step.</param>
/// <param name="OperationsPerToken">Multiplications and additions that a token's forward and backward pass takes.</param>
public sealed record RunStarted(string Name, string Folder, long Parameters, long FirstStep, long Steps, long TokensPerStep,
    double OperationsPerToken) : TrainingEvent;

/// <summary>A step was made.</summary>
/// <param name="Report">What it did.</param>
public sealed record RunStepped(StepReport Report) : TrainingEvent;

/// <summary>What is held out was predicted.</summary>
/// <param name="Report">How well.</param>
public sealed record RunEvaluated(EvaluationReport Report) : TrainingEvent;

/// <summary>Something that is no error was noticed.</summary>
/// <param name="Message">What it was.</param>
public sealed record RunNoticed(string Message) : TrainingEvent;

/// <summary>The run is done, and its files are written.</summary>
/// <param name="Output">The trained model or adapter.</param>
/// <param name="Report">The report, Markdown.</param>
/// <param name="Evaluations">The last evaluation of each source that data are held out of.</param>
public sealed record RunFinished(string Output, string Report, IReadOnlyList<EvaluationReport> Evaluations) : TrainingEvent;

/// <summary>Small runs have said what loss the large one will reach.</summary>
/// <param name="Prediction">The prediction.</param>
public sealed record RunPredicted(Scaling.Prediction Prediction) : TrainingEvent;
