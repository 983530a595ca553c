using System.Globalization;

namespace Ashlar.Cli.Machine;

/// <summary>The quota of processors' time that Linux' control groups set for this process, in both of their versions.</summary>
internal static class ControlGroup
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Processors' time that may be used in a time; null where no group sets a quota.</summary>
    public static double? QuotaProcessors() => OperatingSystem.IsLinux() ? Unified() ?? Legacy() : null;

    // Every group above sets a quota of its own: the smallest counts.
    private static double? Unified()
    {
        double? smallest = null;
        for (var folder = Root + Group(); folder.StartsWith(Root, StringComparison.Ordinal); folder = Path.GetDirectoryName(folder)!)
        {
            if (ReadWords(Path.Combine(folder, "cpu.max")) is [var quota, var period] && Ratio(quota, period) is { } processors)
            {
                smallest = Math.Min(smallest ?? processors, processors);
            }
        }

        return smallest;
    }

    private static double? Legacy() =>
        ReadWords($"{Root}/cpu/cpu.cfs_quota_us") is [var quota] && ReadWords($"{Root}/cpu/cpu.cfs_period_us") is [var period]
            ? Ratio(quota, period) : null;

    private static string Group()
    {
        const string prefix = "0::"; // the second version's line
        const string path = "/proc/self/cgroup";
        var lines = File.Exists(path) ? File.ReadLines(path) : [];
        var line = lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal));
        return line is null ? "" : line[prefix.Length..].TrimEnd('/');
    }

    // "max" and -1 stand for no quota.
    private static double? Ratio(string quota, string period) =>
        long.TryParse(quota, CultureInfo.InvariantCulture, out var part) && part > 0
            && long.TryParse(period, CultureInfo.InvariantCulture, out var whole) && whole > 0
            ? (double)part / whole : null;

    private static string[] ReadWords(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
