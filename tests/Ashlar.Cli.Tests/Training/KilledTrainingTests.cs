using System.Globalization;
using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests.Training;

/// <summary>
/// A training run that is killed again and again. The variable <c>ASHLAR_KILLS</c> says how often, and <c>ASHLAR_SEED</c> repeats
/// a run.
/// </summary>
public class KilledTrainingTests
{
    private static readonly int Kills =
        int.Parse(Environment.GetEnvironmentVariable("ASHLAR_KILLS") ?? "10", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_run_killed_at_random_moments_ends_with_the_bits_of_one_that_was_not()
    {
        var given = Environment.GetEnvironmentVariable("ASHLAR_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper!.WriteLine($"ASHLAR_SEED={seed}");
        var random = new Random(seed);
        using var folder = await TrainedFolder.Create();
        var whole = folder.File("whole");
        var done = await AshlarProcess.Run("train", folder.Recipe, "--json", "--set", $"output.folder={whole}");
        done.Succeeded();

        var resumed = 0;
        var killed = folder.File("killed");
        string[] arguments = ["train", folder.Recipe, "--json", "--resume", "--set", $"output.folder={killed}"];
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = AshlarProcess.Start(arguments);
            using var lines = new StreamReader(process.Output);
            if ((await Line(lines))?.Contains("\"first_step\":0,", StringComparison.Ordinal) == false) resumed++;

            // The first life lasts until there is a checkpoint, however slow the disk is: so the others have one to go on from.
            while (!HasCheckpoint(killed) && await Line(lines) is not null)
            {
            }

            // A moment anywhere in the next steps: among them are the writing of checkpoints and of what becomes of old ones.
            for (var steps = random.Next(1, 2 + (60 / Kills)); steps > 0; steps--) await Line(lines);
            await Task.Delay(random.Next(15), TestContext.Current.CancellationToken);
            process.Kill();
        }

        var last = await AshlarProcess.Run(arguments);
        last.Succeeded();
        Assert.True(resumed > Kills / 2, $"only {resumed} of {Kills} lives went on from a checkpoint");
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "tiny.gguf")), File.ReadAllBytes(Path.Combine(killed, "tiny.gguf")));
        Assert.Equal(Weights(whole), Weights(killed));
    }

    private static async Task<string?> Line(StreamReader lines) =>
        await lines.ReadLineAsync(TestContext.Current.CancellationToken);

    private static bool HasCheckpoint(string run) => Directory.Exists(Path.Combine(run, "checkpoints"))
        && Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*").Any(); // named so when it is whole

    private static byte[] Weights(string run) =>
        File.ReadAllBytes(Path.Combine(run, "checkpoints", "step-000000060", "weights.safetensors"));
}
