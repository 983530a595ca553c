using Ashlar.Models.Training;
using Ashlar.Training.Recipes;
using Ashlar.Training.Runs;

namespace Ashlar.Training.Scaling;

/// <summary>
/// Five small runs of a recipe, from a sixty-fourth to a quarter of its compute, and what they say of the large one. Parameters
/// and tokens are scaled alike, each by the root of the compute's share (Hoffmann and others, 2022): the width by the fourth root.
/// </summary>
public static class ScalingLadder
{
    private const int Rungs = 5, LastShare = 4;

    /// <summary>Runs the small ones, or goes on with them, and writes what they predict into the recipe's folder.</summary>
    /// <param name="recipe">The recipe of a new model, with data held out.</param>
    /// <param name="tell">Told what happens in each run.</param>
    /// <param name="cancellationToken">Ends the run that goes on, with a checkpoint.</param>
    /// <exception cref="NotSupportedException">The recipe begins with a model from a file.</exception>
    /// <exception cref="InvalidDataException">No data are held out.</exception>
    public static Prediction Climb(Recipe recipe, Action<TrainingEvent> tell, CancellationToken cancellationToken)
    {
        if (recipe.Model.ShapeOf is not { } shapeOf)
        {
            throw new NotSupportedException("a prediction is made of new models of several sizes; "
                + "give the numbers of a new model in place of 'model.from', or leave --predict out");
        }

        List<LadderRun> runs = [];
        for (var rung = 0; rung < Rungs; rung++)
        {
            runs.Add(Run(Rung(recipe, shapeOf, rung), tell, cancellationToken));
        }

        var prediction = Prediction.Of(runs, TrainingRun.ComputeOf(recipe));
        Directory.CreateDirectory(recipe.Folder);
        prediction.Write(recipe.Folder);
        tell(new RunPredicted(prediction));
        return prediction;
    }

    /// <summary>A recipe for less compute.</summary>
    internal static Recipe Rung(Recipe recipe, Func<int, ModelShape> shapeOf, int rung)
    {
        var share = 1.0 / (LastShare << (Rungs - 1 - rung));
        var schedule = recipe.Training.Schedule;
        var folder = Path.Combine(recipe.Folder, "ladder", $"{rung + 1}");
        return recipe with
        {
            Name = $"{recipe.Name}, 1/{1 / share:0} of the compute",
            Model = recipe.Model with { ShapeOf = size => Narrow(shapeOf(size), Math.Pow(share, 0.25)) },
            Training = recipe.Training with
            {
                Schedule = schedule.Over(Math.Max(1, (long)Math.Round(schedule.Steps * Math.Sqrt(share)))),
            },
            Folder = folder,
            Output = Path.Combine(folder, "model.gguf"),
            EvaluateEvery = 0,
        };
    }

    // As many heads as before, of a size that is even, for the rotary embedding.
    private static ModelShape Narrow(ModelShape shape, double factor)
    {
        var perHead = shape.Width / (double)shape.Heads;
        var width = Math.Max(2, 2 * (int)Math.Round(perHead * factor / 2)) * shape.Heads;
        var actual = (double)width / shape.Width;
        return shape with
        {
            Width = width,
            HeadSize = Math.Max(2, 2 * (int)Math.Round(shape.HeadSize * actual / 2)),
            FeedForward = Math.Max(8, 8 * (int)Math.Round(shape.FeedForward * actual / 8)),
        };
    }

    private static LadderRun Run(Recipe recipe, Action<TrainingEvent> tell, CancellationToken cancellationToken)
    {
        var (started, finished) = ((RunStarted?)null, (RunFinished?)null);
        new TrainingRun(recipe, told =>
        {
            (started, finished) = (told as RunStarted ?? started, told as RunFinished ?? finished);
            tell(told);
        }).Run(resume: true, cancellationToken);
        if (finished!.Evaluations.Count == 0)
        {
            throw new InvalidDataException("no data are held out, so that no loss can be predicted; give 'held_out' in 'data'");
        }

        var tokens = (double)started!.Steps * started.TokensPerStep;
        return new LadderRun(tokens * started.OperationsPerToken, LossOf(finished.Evaluations), started.Parameters, tokens);
    }

    /// <summary>The mean loss of a token over all sources.</summary>
    internal static double LossOf(IEnumerable<EvaluationReport> reports)
    {
        var (loss, tokens) = (0.0, 0.0);
        foreach (var report in reports) (loss, tokens) = (loss + (report.Loss * report.Tokens), tokens + report.Tokens);
        return loss / tokens;
    }
}
