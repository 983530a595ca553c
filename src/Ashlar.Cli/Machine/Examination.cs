using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Cli.Machine;

/// <summary>Examines this machine.</summary>
internal static class Examination
{
    public static MachineReport Examine() => new(
        typeof(Examination).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
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

    // Environment.ProcessorCount counts what this process may use of them.
    private static int OnlineProcessors() => OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo")
        && File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)) is > 0 and var count
            ? count : Environment.ProcessorCount;

    private static MemoryReport Memory()
    {
        var facts = OperatingSystem.IsLinux() && File.Exists("/proc/meminfo")
            ? File.ReadLines("/proc/meminfo").Select(line => line.Split((char[])[':', ' '], StringSplitOptions.RemoveEmptyEntries))
                .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture) * (words.Length > 2 ? 1024 : 1))
            : [];
        return new MemoryReport(
            Fact("MemTotal"), Fact("MemAvailable"), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            TransparentHugePages(), Fact("HugePages_Total"), Fact("Hugepagesize"));

        long? Fact(string name) => facts.TryGetValue(name, out var value) ? value : null;
    }

    // The file lists the choices, and has the one that holds in brackets.
    private static string? TransparentHugePages()
    {
        const string path = "/sys/kernel/mm/transparent_hugepage/enabled";
        return File.Exists(path) && File.ReadAllText(path).Split('[', ']') is [_, var chosen, _] ? chosen : null;
    }
}
