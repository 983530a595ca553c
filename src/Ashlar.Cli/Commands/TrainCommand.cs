using System.CommandLine;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Training;
using Ashlar.Training.Distributed;
using Ashlar.Training.Recipes;
using Ashlar.Training.Runs;
using Ashlar.Training.Scaling;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar train</c>: trains a model as a recipe says.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("RECIPE")
        {
            Description = "A YAML file; docs/training.md lists its keys",
            HelpName = "RECIPE",
        };
        var resume = new Option<bool>("--resume") { Description = "Go on from the last checkpoint that is whole" };
        var set = new Option<string[]>("--set")
        {
            Description = "A value in place of the recipe's, for instance optimizer.rate=2e-3; may be given several times",
            HelpName = "KEY=VALUE",
        };
        var predict = new Option<bool>("--predict")
        {
            Description = "First train five small models, and say by them what loss the model will reach",
        };
        var threads = EngineArguments.Threads();
        var json = new Option<bool>("--json") { Description = "Print what happens as lines of JSON" };
        var command = new Command("train", "Train a model as a recipe says.") { path, resume, set, predict, threads, json };
        command.SetAction(arguments =>
        {
            var recipe = Read(arguments.GetRequiredValue(path), arguments.GetValue(set) ?? []);
            if (arguments.GetValue(threads) is { } count)
            {
                recipe = recipe with { Training = recipe.Training with { Threads = count } };
            }

            var (place, predicts) =
                (ProcessPlace.FromEnvironment(Environment.GetEnvironmentVariable), arguments.GetValue(predict));
            if (place.Count > 1 && predicts)
            {
                throw new UsageException("--predict is for one process; run it before, without several");
            }

            return RunPresentation.Show(recipe, arguments.GetValue(json), (tell, interrupted) =>
            {
                if (predicts) ScalingLadder.Climb(recipe, tell, interrupted);
                new TrainingRun(recipe, tell) { Place = place }.Run(arguments.GetValue(resume), interrupted);
            });
        });
        return command;
    }

    private static Recipe Read(string path, string[] settings)
    {
        try
        {
            return RecipeReader.Read(path, settings);
        }
        catch (RecipeException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
