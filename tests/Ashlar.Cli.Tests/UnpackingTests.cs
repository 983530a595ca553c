using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests;

/// <summary>
/// Weights that no kernel reads take more memory than their file: that is said once, and never to standard output.
/// </summary>
public class UnpackingTests
{
    private const string Unpacked = "synthetic:llama-tiny:tq1_0", Packed = "synthetic:llama-tiny:tq2_0";

    [Fact]
    public async Task A_run_says_what_it_unpacks_to_standard_error_alone()
    {
        string[] options = ["hello", "-n", "8", "--temp", "0"];
        var outcome = await AshlarProcess.Run(["run", Unpacked, .. options]);
        Check(outcome);
        Assert.DoesNotContain("TQ1_0", outcome.Text, StringComparison.Ordinal);
        Assert.NotEqual("", outcome.Text);
        Assert.NotEqual("", (await AshlarProcess.Run(["run", Packed, .. options])).Done().Text);
    }

    [Fact]
    public async Task A_bench_says_it_once_whatever_it_measures()
    {
        var outcome = await AshlarProcess.Run("bench", Unpacked, "-p", "4", "-n", "2", "-b", "2", "-t", "1", "--json");
        Check(outcome);
        Assert.StartsWith("{", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_says_it_before_it_serves()
    {
        using var process = AshlarProcess.Start("serve", Unpacked, "--port", "0", "-t", "1");
        Assert.Contains("TQ1_0", await process.ReadErrorLine(), StringComparison.Ordinal);
        Assert.Contains("serving", await process.ReadErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_says_it_too()
    {
        const string Line = "no kernel reads weights of TQ1_0";
        Assert.Contains(Line, (await AshlarProcess.Run("inspect", Unpacked, "--plan")).Done().Text, StringComparison.Ordinal);
        var without = await AshlarProcess.Run("inspect", Packed, "--plan");
        Assert.DoesNotContain("no kernel", without.Done().Text, StringComparison.Ordinal);
    }

    private static void Check(Outcome outcome)
    {
        outcome.Succeeded();
        var line = Assert.Single(outcome.Error.TrimEnd('\n').Split('\n'));
        foreach (var part in (string[])[Unpacked, "TQ1_0 (", "8-bit codes with F32 scales", "in memory"])
        {
            Assert.Contains(part, line, StringComparison.Ordinal);
        }
    }
}
