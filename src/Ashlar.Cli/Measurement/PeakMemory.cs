using System.Diagnostics;
using System.Globalization;

namespace Ashlar.Cli.Measurement;

/// <summary>The most memory that this process has held.</summary>
internal static class PeakMemory
{
    /// <summary>Bytes, those of mapped files included that were in memory.</summary>
    public static long Bytes()
    {
        const string peak = "VmHWM:"; // followed by a number and kB
        var lines = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/status") : [];
        var line = lines.FirstOrDefault(line => line.StartsWith(peak, StringComparison.Ordinal)) ?? peak;
        var number = line[peak.Length..].Replace("kB", "", StringComparison.Ordinal);
        if (long.TryParse(number, CultureInfo.InvariantCulture, out var kibibytes)) return kibibytes * 1024;

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
