using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Measuring;

/// <summary>
/// A file of results: one JSON object, which holds a section for each kind of measurement. A run replaces its own section and
/// leaves the others, so that a report can be made of runs at several times; each section says where and when it was measured.
/// </summary>
internal static class Results
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Puts a section into a file, which is made if there is none.</summary>
    public static void Put(string path, string section, JsonObject results)
    {
        var all = File.Exists(path) ? Read(path) : [];
        results.Insert(0, "machine", Machine());
        all[section] = results;
        File.WriteAllText(path, all.ToJsonString(Indented) + "\n");
    }

    /// <summary>Reads a file of results.</summary>
    public static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path)) as JsonObject
        ?? throw new InvalidDataException($"'{path}' holds no JSON object; it must be a file that --json wrote");

    /// <summary>Where and when: the processor, how many cores of it, the instruction set, the commit, the day.</summary>
    private static JsonObject Machine() => new()
    {
        ["processor"] = ProcessorName(),
        ["cores"] = Environment.ProcessorCount,
        ["isa"] = Processor.NameOf(Processor.Chosen()),
        ["system"] = RuntimeInformation.OSDescription,
        ["commit"] = typeof(Results).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            .Split('+').ElementAtOrDefault(1)?[..12],
        ["date"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    private static string ProcessorName()
    {
        const int name = unchecked((int)0x80000002);
        if (!X86Base.IsSupported) return RuntimeInformation.ProcessArchitecture.ToString();
        var text = new byte[48];
        for (var leaf = 0; leaf < 3; leaf++)
        {
            var (a, b, c, d) = X86Base.CpuId(name + leaf, 0);
            MemoryMarshal.AsBytes<int>([a, b, c, d]).CopyTo(text.AsSpan(16 * leaf));
        }

        return Encoding.ASCII.GetString(text).Trim('\0', ' ');
    }
}
