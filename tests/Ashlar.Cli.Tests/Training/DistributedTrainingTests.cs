using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ashlar.Cli.Tests.Running;
using Ashlar.Testing;

namespace Ashlar.Cli.Tests.Training;

/// <summary>Two processes on loopback that train one model.</summary>
public class DistributedTrainingTests
{
    [Fact]
    public async Task Two_processes_give_the_bits_of_one_that_adds_up_two_batches()
    {
        using var folder = await TrainedFolder.Create();
        var alone = await AshlarProcess.Run(
            "train", folder.Recipe, "--set", "steps=20", "--set", $"output.folder={folder.File("alone")}");
        alone.Succeeded();
        var together = await Task.WhenAll(Start(folder, FreePort(), "steps=20").Select(async process =>
        {
            using (process) return await process.ReadToEnd();
        }));
        Assert.All(together, rank => rank.Succeeded());
        Assert.Equal(File.ReadAllBytes(folder.File("alone/tiny.gguf")), File.ReadAllBytes(folder.File("together/tiny.gguf")));
        Assert.Equal("", together[1].Text); // the first one reports
    }

    [Fact]
    public async Task A_killed_process_is_named_by_the_other_and_both_go_on_from_their_checkpoint()
    {
        using var folder = await TrainedFolder.Create();
        var whole = await Task.WhenAll(Start(folder, FreePort(), "output.folder=" + folder.File("whole")).Select(async process =>
        {
            using (process) return await process.ReadToEnd();
        }));
        Assert.All(whole, rank => rank.Succeeded());

        var ranks = Start(folder, FreePort(), "steps=60");
        var checkpoints = folder.File("together/checkpoints");
        await Eventually.HoldsAsync(() => Directory.Exists(checkpoints) && Directory.GetDirectories(checkpoints, "step-*")
            .Any(one => string.CompareOrdinal(Path.GetFileName(one), "step-000000010") >= 0)); // that one itself may be gone

        var killed = Stopwatch.GetTimestamp();
        ranks[1].Kill();
        var (exitCode, error) = await ranks[0].WaitForExit();
        Assert.InRange(Stopwatch.GetElapsedTime(killed).TotalSeconds, 0, 10);
        Assert.Equal(1, exitCode);
        Assert.Contains("rank 1 has ended", error, StringComparison.Ordinal);
        Assert.Contains("the last good checkpoint is", error, StringComparison.Ordinal);
        foreach (var rank in ranks) rank.Dispose();

        var resumed = await Task.WhenAll(Start(folder, FreePort(), "steps=60", "--resume").Select(async process =>
        {
            using (process) return await process.ReadToEnd();
        }));
        Assert.All(resumed, rank => rank.Succeeded());
        Assert.Equal(File.ReadAllBytes(folder.File("whole/tiny.gguf")), File.ReadAllBytes(folder.File("together/tiny.gguf")));
    }

    // The recipe adds up two batches a step: here each process computes one of them.
    private static AshlarProcess[] Start(TrainedFolder folder, int port, string setting, params string[] more) =>
    [
        .. Enumerable.Range(0, 2).Select(rank => AshlarProcess.Start(
            [
                "train", folder.Recipe, "--threads", "1", "--set", "batch.accumulation=1",
                "--set", $"output.folder={folder.File("together")}", "--set", setting, .. more,
            ],
            ("ASHLAR_NODE_RANK", rank.ToString(CultureInfo.InvariantCulture)), ("ASHLAR_NUM_NODES", "2"),
            ("ASHLAR_NODE_IPS", "127.0.0.1,127.0.0.1"),
            ("ASHLAR_MASTER_PORT", port.ToString(CultureInfo.InvariantCulture)))),
    ];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
