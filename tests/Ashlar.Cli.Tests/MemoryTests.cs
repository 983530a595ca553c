using System.Text.Json;
using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests;

public class MemoryTests
{
    [Fact]
    public async Task The_peak_is_little_more_than_the_file_and_the_cache()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems take a file's pages back in their own time; run this on Linux");
        const int Prompt = 4096, Generated = 8;
        const long Beside = 200 << 20;
        using var folder = new TemporaryFolder();
        var file = WideModel.Write(folder);
        var outcome = await AshlarProcess.Run("bench", folder.Path, "-p", $"{Prompt}", "-n", $"{Generated}", "--json");
        using var json = JsonDocument.Parse(outcome.Done().Output);

        // The prompt's random tokens are of all parts of the table. To have it in memory twice is to fail.
        var limit = file * 115 / 100 + (Prompt + Generated) * WideModel.CacheBytes + Beside;
        Assert.True(file * 2 > limit);
        Assert.InRange(json.RootElement.GetProperty("peak_memory_bytes").GetInt64(), file, limit);
    }
}
