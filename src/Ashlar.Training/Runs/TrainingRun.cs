using Ashlar.Training.Checkpoints;
using Ashlar.Training.Data;
using Ashlar.Training.Distributed;
using Ashlar.Training.Models;
using Ashlar.Training.Objectives;
using Ashlar.Training.Recipes;

namespace Ashlar.Training.Runs;

/// <summary>
/// A run of a recipe from its beginning, or a checkpoint, to its end: makes the data ready, trains, evaluates, keeps checkpoints and
/// a log, and writes the model and a report. What lies in its folder: <c>checkpoints/</c>, <c>data/</c>, <c>log.jsonl</c>,
/// <c>loss.svg</c>, <c>report.md</c> and the model.
/// </summary>
public sealed class TrainingRun
{
    private readonly Recipe _recipe;
    private readonly Action<TrainingEvent> _tell;
    private IReadOnlyDictionary<string, string> _settings = new Dictionary<string, string>();

    /// <summary>A run of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="tell">Told what happens, by the thread that runs.</param>
    public TrainingRun(Recipe recipe, Action<TrainingEvent> tell) => (_recipe, _tell) = (recipe, tell);

    /// <summary>Whether the trained low-rank matrices are added to the weights, in place of written as an adapter.</summary>
    public bool Merges { get; init; }

    /// <summary>
    /// The processes that make each step together, in one folder that all of them see; null for this one alone. The first of them
    /// evaluates, tells and writes.
    /// </summary>
    public ProcessGroup? Group { get; init; }

    private bool IsFirst => Group is null or { Rank: 0 };

    /// <summary>Runs to the end.</summary>
    /// <param name="resume">Whether to go on from the last checkpoint; without, a folder with checkpoints is an error.</param>
    /// <param name="cancellationToken">Ends the run behind a step, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; a checkpoint is written.</exception>
    /// <exception cref="InvalidDataException">A sample, a model or a checkpoint is not as it must be; the message names
    /// it.</exception>
    /// <exception cref="IOException">A file could not be read or written, or another process has failed.</exception>
    /// <exception cref="TrainingException">A loss or gradient is not finite; the message names the last checkpoint.</exception>
    public void Run(bool resume, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_recipe.Folder);
        using var store = new CheckpointStore(Path.Combine(_recipe.Folder, "checkpoints"), _recipe.CheckpointsKept);
        if (!resume && store.HasAny)
        {
            throw new InvalidDataException($"'{_recipe.Folder}' has checkpoints of an earlier run; go on with --resume, or give "
                + "another folder with --set output.folder=FOLDER");
        }

        var model = RunModel.Open(_recipe, Merges);
        var data = OpenData(model);
        _settings = new SortedDictionary<string, string>(_recipe.Settings.ToDictionary(), StringComparer.Ordinal)
        {
            ["the data"] = data.DataFacts,
        };
        using var trainer = new Trainer(model, _recipe.Training, data, Group);
        var first = resume ? store.Restore(trainer, _settings, message => Tell(new RunNoticed(message))) ?? 0 : 0;
        using var log = IsFirst ? new RunLog(Path.Combine(_recipe.Folder, "log.jsonl"), first) : null;
        var steps = _recipe.Training.Schedule.Steps;
        var operations = OperationCount.PerToken(model, _recipe.Training.Length);
        Tell(new RunStarted(
            _recipe.Name, _recipe.Folder, trainer.Parameters.Count, first, steps, TokensPerStep, operations));
        Train(trainer, store, log, steps, cancellationToken);
        store.Complete();
        if (log is null) return;
        RunModel.Write(_recipe, Merges, model, trainer);
        var report = new RunReport(_recipe, log.Records, trainer.Parameters.Count, operations).Write();
        Tell(new RunFinished(_recipe.Output, report));
    }

    /// <summary>Multiplications and additions of a whole run.</summary>
    internal static double ComputeOf(Recipe recipe)
    {
        var model = RunModel.Open(recipe, merges: false);
        return (double)recipe.Training.Schedule.Steps * new TrainingRun(recipe, _ => { }).TokensPerStep
            * OperationCount.PerToken(model, recipe.Training.Length);
    }

    private long TokensPerStep =>
        (long)_recipe.Training.Rows * _recipe.Training.Length * _recipe.Training.Accumulation * (Group?.Count ?? 1);

    private void Train(Trainer trainer, CheckpointStore store, RunLog? log, long steps, CancellationToken cancellationToken)
    {
        while (trainer.Optimizer.Steps < steps)
        {
            var report = Step(trainer, store);
            log?.Add(report);
            Tell(new RunStepped(report));
            var isLast = report.Step == steps;
            if (log is not null && (isLast || IsDue(report.Step, _recipe.EvaluateEvery))) Evaluate(trainer, log);

            // All processes stop behind the same step, whichever was told to.
            var stops = trainer.AnyOf(cancellationToken.IsCancellationRequested) && !isLast;
            if (isLast || stops || IsDue(report.Step, _recipe.CheckpointEvery))
            {
                trainer.CollectStates();
                if (IsFirst) store.Save(trainer, _settings);
            }

            if (!stops) continue;
            store.Complete();
            Tell(new RunNoticed($"interrupted behind step {report.Step}; '{store.LastGood}' is written, --resume goes on from it"));
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private void Evaluate(Trainer trainer, RunLog log)
    {
        foreach (var evaluation in trainer.Evaluate(_recipe.EvaluateTokens))
        {
            log.Add(evaluation);
            Tell(new RunEvaluated(evaluation));
        }
    }

    private static StepReport Step(Trainer trainer, CheckpointStore store)
    {
        try
        {
            return trainer.Step();
        }
        catch (TrainingException error)
        {
            store.Complete();
            throw new TrainingException($"{error.Message}; "
                + (store.LastGood is null ? "there is no checkpoint" : $"the last good checkpoint is '{store.LastGood}'")
                + "; lower optimizer.rate, lengthen schedule.warmup, or set optimizer.clip");
        }
    }

    private static bool IsDue(long step, long every) => every > 0 && step % every == 0;

    private Objective OpenData(TrainedModel model)
    {
        var options = _recipe.Training;
        if (_recipe.Preference is { } beta) return new Preference(model, options, _recipe.Data, beta);
        var preparation = new DataPreparation(model.Tokenizer, model.ChatTemplate, Path.Combine(_recipe.Folder, "data"));
        return new NextToken([.. _recipe.Data.Select(preparation.Open)], options.Rows, options.Length, _recipe.Seed);
    }

    private void Tell(TrainingEvent what)
    {
        if (IsFirst) _tell(what);
    }
}
