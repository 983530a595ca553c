using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests.Training;

public class TrainTests
{
    [Fact]
    public async Task A_recipe_gives_a_model_that_runs()
    {
        using var folder = await TrainedFolder.Create();
        var outcome = await AshlarProcess.Run("train", folder.Recipe, "--set", "steps=6", "--set", "output.type=q8_0");
        outcome.Succeeded();
        var model = folder.File("runs/tiny/tiny.gguf");
        Assert.Equal([model, folder.File("runs/tiny/report.md")], outcome.Text.Split('\n',
            StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("step 6 of 6: loss", outcome.Error, StringComparison.Ordinal);
        Assert.NotEmpty((await AshlarProcess.Run("run", model, "12 stones", "-n", "4", "--temp", "0")).Done().Text);
    }

    [Fact]
    public async Task A_wrong_key_is_wrong_usage_and_named_with_its_line()
    {
        using var folder = await TrainedFolder.Create();
        var recipe = folder.Write("wrong.yaml", await File.ReadAllTextAsync(folder.Recipe, TestContext.Current.CancellationToken)
            + "\noptimiser: 3\n");
        (await AshlarProcess.Run("train", recipe)).Failed(2, "line 14", "'optimiser'", "did you mean 'optimizer'?");
    }

    [Fact]
    public async Task A_prediction_is_compared_with_what_came_and_stays_the_same_when_all_is_done_already()
    {
        using var folder = await TrainedFolder.Create();
        string[] arguments = ["train", folder.Recipe, "--set", "steps=16", "--predict"];
        var report = (await AshlarProcess.Run(arguments)).Succeeded().Text.Split('\n')[1];
        var said = File.ReadAllText(report);
        Assert.Matches(@"The prediction is off by [+-][0-9.]+% of the loss", said);
        Assert.True(File.Exists(folder.File("runs/tiny/scaling.svg")));

        var again = (await AshlarProcess.Run([.. arguments, "--resume"])).Succeeded();
        Assert.DoesNotContain("step 1", again.Error, StringComparison.Ordinal);
        Assert.Equal(said, File.ReadAllText(report));
    }

    [Fact]
    public async Task A_missing_recipe_or_file_is_named()
    {
        using var folder = await TrainedFolder.Create();
        (await AshlarProcess.Run("train", folder.File("none.yaml"))).Failed(1, "none.yaml");
        (await AshlarProcess.Run("train", folder.Recipe, "--set", "data.0.files=none.txt")).Failed(1, "none.txt");
        (await AshlarProcess.Run("train", folder.Recipe, "--set", "tokenizer=none.gguf")).Failed(1, "none.gguf");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_interruption_ends_with_130_and_a_checkpoint(bool byScheduler)
    {
        using var folder = await TrainedFolder.Create();
        using var process = AshlarProcess.Start(
            "train", folder.Recipe, "--json", "--set", "steps=100000", "--set", "checkpoint.every=0");
        await process.Read(400); // steps are made
        if (byScheduler) process.Terminate();
        else process.Interrupt();
        var outcome = await process.ReadToEnd();
        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("--resume goes on from it", outcome.Text, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(folder.File("runs/tiny/checkpoints")));
    }
}
