using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ashlar.Training.Checkpoints;
using Ashlar.Training.Data;
using Ashlar.Training.Distributed;
using Ashlar.Training.Models;
using Ashlar.Training.Objectives;
using Ashlar.Training.Recipes;

namespace Ashlar.Training.Runs;

/// <summary>
/// A run of a recipe from its beginning, or a checkpoint, to its end: makes the data ready, trains, evaluates, keeps checkpoints
/// and a log, and writes the model and a report. What lies in its folder: <c>checkpoints/</c>, <c>data/</c>, <c>log.jsonl</c>,
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
    /// Which of several processes this is that make each step together; the first one evaluates, and writes checkpoints, log,
    /// report and model. Each opens the recipe's data by itself.
    /// </summary>
    public ProcessPlace Place { get; init; } = ProcessPlace.Alone;

    private bool IsFirst => Place.Rank == 0;

    private long TokensPerStep =>
        (long)_recipe.Training.Rows * _recipe.Training.Length * _recipe.Training.Accumulation * Place.Count;

    /// <summary>Runs to the end.</summary>
    /// <param name="resume">Whether to go on from the last checkpoint; without, a folder with checkpoints is an error.</param>
    /// <param name="cancellationToken">Ends the run behind a step, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; a checkpoint is written.</exception>
    /// <exception cref="InvalidDataException">A sample, a model or a checkpoint is not as it must be; the message names
    /// it.</exception>
    /// <exception cref="IOException">A file could not be read or written.</exception>
    /// <exception cref="ProcessGroupException">Another process has failed, or is about to do something else.</exception>
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

        using var group = ProcessGroup.Join(Place, Fingerprint(), cancellation: cancellationToken);
        try
        {
            Run(store, group, resume, cancellationToken);
        }
        catch (Exception error) when (error is not ProcessGroupException)
        {
            group.Abandon(error.Message); // so that the others know why
            throw;
        }
    }

    /// <summary>Multiplications and additions of a whole run.</summary>
    internal static double ComputeOf(Recipe recipe)
    {
        var model = RunModel.Open(recipe, merges: false);
        return (double)recipe.Training.Schedule.Steps * new TrainingRun(recipe, _ => { }).TokensPerStep
            * OperationCount.PerToken(model, recipe.Training.Length);
    }

    private void Run(CheckpointStore store, ProcessGroup group, bool resume, CancellationToken cancellationToken)
    {
        var model = RunModel.Open(_recipe, Merges);
        if (!IsFirst) group.Wait(); // the first one makes the data ready for those who see its folder
        var data = OpenData(model);
        if (IsFirst) group.Wait();
        _settings = SettingsWith(data);
        using var trainer = new Trainer(model, _recipe.Training, data, group);
        var first = resume ? store.Restore(trainer, _settings, message => Tell(new RunNoticed(message))) ?? 0 : 0;
        if (!trainer.Agree(first, data.DataFacts))
        {
            throw new InvalidDataException("the processes have different data, or go on from different checkpoints; "
                + "give all of them the same files, in one folder or in copies");
        }

        using var log = IsFirst ? new RunLog(Path.Combine(_recipe.Folder, "log.jsonl"), first) : null;
        var (steps, operations) = (_recipe.Training.Schedule.Steps, OperationCount.PerToken(model, _recipe.Training.Length));
        Tell(new RunStarted(
            _recipe.Name, _recipe.Folder, trainer.Parameters.Count, first, steps, TokensPerStep, operations));
        try
        {
            Train(trainer, store, log, steps, cancellationToken);
            store.Complete();
            group.Wait(); // nobody leaves before all are done
        }
        catch (ProcessGroupException error)
        {
            store.Complete();
            throw new ProcessGroupException(
                $"{error.Message}; {LastGood(store)}; start all processes again with --resume", error);
        }

        if (log is null) return;
        RunModel.Write(_recipe, Merges, model, trainer);
        var report = new RunReport(_recipe, log, trainer.Parameters.Count, operations).Write();
        Tell(new RunFinished(_recipe.Output, report, log.Evaluations));
    }

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
            var stops = trainer.IsAny(cancellationToken.IsCancellationRequested) && !isLast;
            if (isLast || stops || IsDue(report.Step, _recipe.CheckpointEvery))
            {
                trainer.CollectStates();
                if (IsFirst) store.Save(trainer, _settings);
            }

            if (!stops) continue;
            store.Complete();
            Tell(new RunNoticed(
                $"interrupted behind step {report.Step}; '{store.LastGood}' is written, --resume goes on from it"));
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
            throw new TrainingException(
                $"{error.Message}; {LastGood(store)}; lower optimizer.rate, lengthen schedule.warmup, or set optimizer.clip");
        }
    }

    private static string LastGood(CheckpointStore store) =>
        store.LastGood is null ? "there is no checkpoint" : $"the last good checkpoint is '{store.LastGood}'";

    private static bool IsDue(long step, long every) => every > 0 && step % every == 0;

    // What must be the same on all processes for their bits to fit together.
    private string Fingerprint()
    {
        var text = $"{typeof(TrainingRun).Assembly.GetName().Version} {Ashlar.Tensors.Runtime.ComputeDevice.InstructionSet} "
            + string.Join('\n', _recipe.Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private SortedDictionary<string, string> SettingsWith(Objective data)
    {
        var settings = new SortedDictionary<string, string>(_recipe.Settings.ToDictionary(), StringComparer.Ordinal)
        {
            ["the data"] = data.DataFacts,
        };
        if (Place.Count > 1) settings["the processes"] = Place.Count.ToString(CultureInfo.InvariantCulture);
        return settings;
    }

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
