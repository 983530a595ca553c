using System.CommandLine;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Training;
using Ashlar.Training.Recipes;

namespace Ashlar.Cli.Commands;

/// <summary><c>ashlar train</c>: trains a model as a recipe says.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("RECIPE") { Description = "A YAML file; docs/training.md lists its keys", HelpName = "RECIPE" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the last checkpoint that is whole" };
        var set = new Option<string[]>("--set")
        {
            Description = "A value in place of the recipe's, for instance optimizer.rate=2e-3; may be given several times",
            HelpName = "KEY=VALUE",
        };
        var threads = EngineArguments.Threads();
        var json = new Option<bool>("--json") { Description = "Print what happens as lines of JSON" };
        var command = new Command("train", "Train a model as a recipe says.") { path, resume, set, threads, json };
        command.SetAction(arguments =>
        {
            var recipe = Read(arguments.GetRequiredValue(path), arguments.GetValue(set) ?? []);
            if (arguments.GetValue(threads) is { } count)
            {
                recipe = recipe with { Training = recipe.Training with { Threads = count } };
            }

            return RunPresentation.Run(recipe, arguments.GetValue(resume), merges: false, arguments.GetValue(json));
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
