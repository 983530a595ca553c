using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Training.Checkpoints;
using Ashlar.Training.Data;
using Ashlar.Training.Models;
using Ashlar.Training.Objectives;
using Ashlar.Training.Parameters;
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

    /// <summary>A run of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="tell">Told what happens, by the thread that runs.</param>
    public TrainingRun(Recipe recipe, Action<TrainingEvent> tell) => (_recipe, _tell) = (recipe, tell);

    /// <summary>Whether the trained low-rank matrices are added to the weights, in place of written as an adapter.</summary>
    public bool Merges { get; init; }

    /// <summary>Runs to the end.</summary>
    /// <param name="resume">Whether to go on from the last checkpoint; without, a folder with checkpoints is an error.</param>
    /// <param name="cancellationToken">Ends the run behind a step, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; a checkpoint is written.</exception>
    /// <exception cref="InvalidDataException">A sample, a model or a checkpoint is not as it must be; the message names
    /// it.</exception>
    /// <exception cref="IOException">A file could not be read or written.</exception>
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

        var model = OpenModel();
        using var trainer = new Trainer(model, _recipe.Training, OpenData(model));
        var first = resume ? store.Restore(trainer, _recipe.Settings, message => Tell(new RunNoticed(message))) ?? 0 : 0;
        using var log = new RunLog(Path.Combine(_recipe.Folder, "log.jsonl"), first);
        var steps = _recipe.Training.Schedule.Steps;
        var operations = OperationsPerToken(model);
        Tell(new RunStarted(_recipe.Name, _recipe.Folder, trainer.Parameters.Count, first, steps,
            (long)_recipe.Training.Rows * _recipe.Training.Length * _recipe.Training.Accumulation, operations));
        Train(trainer, store, log, steps, cancellationToken);
        store.Complete();
        Write(model, trainer);
        var report = new RunReport(_recipe, log.Records, trainer.Parameters.Count, operations).Write();
        Tell(new RunFinished(_recipe.Output, report));
    }

    private void Train(Trainer trainer, CheckpointStore store, RunLog log, long steps, CancellationToken cancellationToken)
    {
        while (trainer.Optimizer.Steps < steps)
        {
            var report = Step(trainer, store);
            log.Add(report);
            Tell(new RunStepped(report));
            var isLast = report.Step == steps;
            if (isLast || IsDue(report.Step, _recipe.EvaluateEvery))
            {
                foreach (var evaluation in trainer.Evaluate(_recipe.EvaluateTokens))
                {
                    log.Add(evaluation);
                    Tell(new RunEvaluated(evaluation));
                }
            }

            var stops = cancellationToken.IsCancellationRequested && !isLast;
            if (isLast || stops || IsDue(report.Step, _recipe.CheckpointEvery)) store.Save(trainer, _recipe.Settings);
            if (!stops) continue;
            store.Complete();
            Tell(new RunNoticed($"interrupted behind step {report.Step}; '{store.LastGood}' is written, --resume goes on from it"));
            cancellationToken.ThrowIfCancellationRequested();
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

    private TrainedModel OpenModel()
    {
        if (_recipe.Model is { ShapeOf: { } shapeOf, Tokenizer: { } path })
        {
            if (!File.Exists(path)) throw new FileNotFoundException($"there is no tokenizer '{path}'", path);
            using var file = GgufFile.Open(path);
            var size = Ashlar.Models.Tokenizers.Tokenizer.FromGguf(file.Metadata).VocabularySize;
            return TrainedModel.Create(_recipe.Name, shapeOf(size), file.Metadata, _recipe.Model.ChatTemplate, _recipe.Seed);
        }

        using var model = LanguageModel.Load(_recipe.Model.From!);
        if (model.Metadata is null && (_recipe.Training.Lora is null || Merges))
        {
            throw new NotSupportedException($"model '{_recipe.Model.From}' has no GGUF metadata, and the trained model could not be "
                + "written; give a GGUF file, or train an adapter ('lora')");
        }

        return TrainedModel.From(model, _recipe.Model.ChatTemplate);
    }

    private Objective OpenData(TrainedModel model)
    {
        var options = _recipe.Training;
        if (_recipe.Preference is { } beta) return new Preference(model, options, _recipe.Data, beta);
        var preparation = new DataPreparation(model.Tokenizer, model.ChatTemplate, Path.Combine(_recipe.Folder, "data"));
        return new NextToken([.. _recipe.Data.Select(preparation.Open)], options.Rows, options.Length, _recipe.Seed);
    }

    private void Write(TrainedModel model, Trainer trainer)
    {
        var buffer = trainer.Average?.Values ?? trainer.Parameters.Values;
        var trained = trainer.Parameters.All.ToDictionary(
            parameter => parameter.Name, parameter => ParameterSet.Of(buffer, parameter));
        Directory.CreateDirectory(Path.GetDirectoryName(_recipe.Output)!);
        if (_recipe.Training.Lora is { } lora && !Merges)
        {
            AdapterFile.Write(_recipe.Output, _recipe.Name, model.Configuration.Architecture, lora.Alpha, trained);
            return;
        }

        var weights = _recipe.Training.Lora is { } merged
            ? LoraMerge.Of(model.Weights, trained, merged)
            : model.Weights.Select(weight => KeyValuePair.Create(weight.Key, trained.GetValueOrDefault(weight.Key) ?? weight.Value));
        Ashlar.Models.Training.TrainedModelFile.Write(_recipe.Output, model.Metadata!, weights, _recipe.OutputType);
    }

    private double OperationsPerToken(TrainedModel model) => OperationCount.PerToken(
        model.Configuration, model.Weights.Select(weight => KeyValuePair.Create(weight.Key, weight.Value.Elements)),
        _recipe.Training.Length);

    private void Tell(TrainingEvent what) => _tell(what);
}
