using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Cli.Machine;

/// <summary>Examines this machine.</summary>
internal static class Examination
{
    public static MachineReport Examine() => new(
        Version(),
        Environment.Version.ToString(),
        RuntimeInformation.OSDescription,
        new ProcessorReport(
            ProcessorFeatures.Name(),
            RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
            OnlineProcessors(),
            ComputeDevice.QuotaProcessors,
            ProcessorFeatures.All()),
        Memory(),
        ComputeDevice.AllowsEmittedCode,
        Home.Path,
        Home.FreeBytes(),
        new UsesReport(ComputeDevice.Backend, ComputeDevice.InstructionSet, ComputeDevice.Threads));

    private static string Version()
    {
        var version = typeof(Examination).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        return version?.InformationalVersion ?? "unknown";
    }

    // Environment.ProcessorCount counts what this process may use of them.
    private static int OnlineProcessors()
    {
        var lines = OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : [];
        var count = lines.Count(line => line.StartsWith("processor", StringComparison.Ordinal));
        return count > 0 ? count : Environment.ProcessorCount;
    }

    private static MemoryReport Memory()
    {
        var lines = OperatingSystem.IsLinux() && File.Exists("/proc/meminfo") ? File.ReadLines("/proc/meminfo") : [];
        var facts = lines.Select(line => line.Split((char[])[':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture) * UnitOf(words));
        return new MemoryReport(
            Fact("MemTotal"), Fact("MemAvailable"), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            TransparentHugePages(), Fact("HugePages_Total"), Fact("Hugepagesize"));

        static int UnitOf(string[] words) => words.Length > 2 ? 1024 : 1; // kB, or a count

        long? Fact(string name) => facts.TryGetValue(name, out var value) ? value : null;
    }

    // The file lists the choices, and has the one that holds in brackets.
    private static string? TransparentHugePages()
    {
        const string path = "/sys/kernel/mm/transparent_hugepage/enabled";
        return File.Exists(path) && File.ReadAllText(path).Split('[', ']') is [_, var chosen, _] ? chosen : null;
    }
}
