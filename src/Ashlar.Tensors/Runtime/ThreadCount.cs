using System.Globalization;

namespace Ashlar.Tensors.Runtime;

/// <summary>How many threads the process should compute with.</summary>
/// <remarks>
/// The runtime's count of processors respects the affinity and a quota of the process's own control group, rounded up. A thread
/// more than the quota makes all of them stand still for a part of every period, and the groups above have quotas too (a pod, a
/// slice): so the quota is looked up again here, the least of all groups, rounded down.
/// </remarks>
internal static class ThreadCount
{
    /// <summary>The variable that binds each worker to a core of its own.</summary>
    public const string PinVariable = "ASHLAR_PIN";

    /// <summary>What the process may use at once: 1 or more.</summary>
    public static int Default { get; } = Least(Environment.ProcessorCount, Quota());

    /// <summary>Whether the user asks for a core for each worker.</summary>
    /// <exception cref="NotSupportedException">The variable is neither 0 nor 1.</exception>
    public static bool IsPinned => Environment.GetEnvironmentVariable(PinVariable) switch
    {
        null or "" or "0" => false,
        "1" => true,
        var other => throw new NotSupportedException($"{PinVariable} cannot be '{other}'; it takes 0 and 1"),
    };

    /// <summary>The smaller of a count and a quota in processors, at least 1.</summary>
    public static int Least(int processors, double quota) => Math.Max(1, (int)Math.Min(processors, quota));

    /// <summary>The least CPU quota of the process's control groups, in processors; infinity where there is none.</summary>
    /// <param name="root">Where the system's files lie; not "/" in tests.</param>
    public static double Quota(string root = "/")
    {
        if (!OperatingSystem.IsLinux()) return double.PositiveInfinity;
        try
        {
            var least = double.PositiveInfinity;
            foreach (var (mount, group, isUnified) in Hierarchies(root))
            {
                // The group's folder, and all above it up to where the hierarchy is mounted.
                for (var folder = (mount + group).TrimEnd('/'); folder.Length >= mount.Length; folder = Parent(folder))
                {
                    least = Math.Min(least, isUnified ? UnifiedQuota(folder) : QuotaOfFirstVersion(folder));
                }
            }

            return least;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return double.PositiveInfinity;
        }
    }

    private static string Parent(string folder) => folder[..Math.Max(0, folder.LastIndexOf('/'))];

    private static double UnifiedQuota(string folder) =>
        Read(folder, "cpu.max")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var quota, var period]
            ? Ratio(quota, period)
            : double.PositiveInfinity;

    private static double QuotaOfFirstVersion(string folder) =>
        Ratio(Read(folder, "cpu.cfs_quota_us") ?? "", Read(folder, "cpu.cfs_period_us") ?? "");

    // No number ("max") and a negative one mean no quota.
    private static double Ratio(string quota, string period) =>
        double.TryParse(quota, CultureInfo.InvariantCulture, out var used) && used > 0
        && double.TryParse(period, CultureInfo.InvariantCulture, out var of) && of > 0
            ? used / of
            : double.PositiveInfinity;

    private static string? Read(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }

    // The mounts of control groups that count processor time, and the process's group below each of them.
    private static IEnumerable<(string Mount, string Group, bool IsUnified)> Hierarchies(string root)
    {
        var groups = ReadLines(root, "proc/self/cgroup").Select(line => line.Split(':', 3)).ToList();
        groups.RemoveAll(parts => parts.Length != 3);
        foreach (var line in ReadLines(root, "proc/self/mountinfo"))
        {
            // 31 23 0:28 ROOT MOUNT rw,relatime [optional]* - TYPE SOURCE OPTIONS
            var halves = line.Split(" - ", 2);
            if (halves is not [var left, var right]) continue;
            var (fields, kind) = (left.Split(' '), right.Split(' '));
            if (fields.Length < 5 || kind.Length < 3) continue;
            var isUnified = kind[0] == "cgroup2";
            if (!isUnified && !(kind[0] == "cgroup" && kind[2].Split(',').Contains("cpu"))) continue;
            var own = groups.Find(parts => isUnified ? parts[1].Length == 0 : parts[1].Split(',').Contains("cpu"));
            if (own is null) continue;
            // In a container the mount may show a group as its root, and the path may still begin above it.
            var (mountRoot, group) = (fields[3].TrimEnd('/'), own[2]);
            if ((group + "/").StartsWith(mountRoot + "/", StringComparison.Ordinal)) group = group[mountRoot.Length..];
            if (group.StartsWith("/..", StringComparison.Ordinal)) group = "";
            yield return (Path.Combine(root, fields[4].TrimStart('/')), group, isUnified);
        }
    }

    private static string[] ReadLines(string root, string file)
    {
        var path = Path.Combine(root, file);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }
}
