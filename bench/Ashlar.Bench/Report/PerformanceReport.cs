using System.Text.Json.Nodes;

namespace Ashlar.Bench.Report;

/// <summary>
/// <c>report</c>: puts the figures of results into a page, and draws its plots, so that no figure is typed by hand.
/// </summary>
internal static class PerformanceReport
{
    /// <summary>All places that a page must have.</summary>
    public static IReadOnlyList<string> Places { get; } =
    [
        "limits", "kernels", "prefill", "decode", "batch", "streams", "serving", "overhead", "start", "stranger", "idle", "memory",
        "quality", "training",
    ];

    /// <summary>Fills a page in place, and writes the plots into the folder beside it that has its name.</summary>
    public static void Write(JsonObject results, string path)
    {
        var folder = Path.ChangeExtension(path, null);
        var (figures, plots) = Make(results, Path.GetFileName(folder));
        Directory.CreateDirectory(folder);
        foreach (var (name, svg) in plots) File.WriteAllText(Path.Combine(folder, name), svg);
        File.WriteAllText(path, ReportPage.Fill(File.ReadAllText(path), figures));
        Console.WriteLine($"wrote {string.Join(", ", figures.Keys)} into {path}, and {plots.Count} plots");
    }

    /// <summary>The figures by their places in the page, and the plots by the names of their files.</summary>
    /// <param name="results">Results, of which any sections may be there.</param>
    /// <param name="folder">The folder of the plots, as the page names it.</param>
    public static (IReadOnlyDictionary<string, string> Figures, IReadOnlyDictionary<string, string> Plots) Make(
        JsonObject results, string folder)
    {
        var (figures, plots) = (new OrderedDictionary<string, string>(), new OrderedDictionary<string, string>());
        if (results["limits"] is { } limits) figures["limits"] = KernelFigures.Limits(limits);
        if (results["kernels"] is { } kernels)
        {
            figures["kernels"] = KernelFigures.Products(kernels)
                + Plot("peak.svg", "512 rows: share of the measured peak", "peak", KernelFigures.Bars(kernels, 512))
                + Plot("reading.svg", "One row: share of the measured reading", "reading", KernelFigures.Bars(kernels, 1));
        }

        if (results["peers"] is not null)
        {
            Compared("prefill", "Prefill: ratio to llama.cpp", name => Begins(name, "prefill"));
            Compared("decode", "Decode of one sequence: ratio to llama.cpp",
                name => Begins(name, "decode of") && !IsBatch(name), PeerFigures.Reading(results));
            Compared("batch", "Decode of 16 sequences: ratio to llama.cpp", IsBatch);
            Compared("streams", null, name => name.Contains(" requests of ", StringComparison.Ordinal));
            Compared("start", null, name => Begins(name, "process start") || Begins(name, "the same"));
            Compared("stranger", null, name => Begins(name, "decode beside"), Both("kept of the speed alone", "kept"));
            Compared("idle", null, name => Begins(name, "step after"), Both("times a warm step", "times_warm"));
            Compared("memory", null, name => Begins(name, "peak memory"),
                ("file, MiB", row => Figures.Number((double?)row["file_bytes"] / (1 << 20) ?? 0)));
        }

        if (results.Any(section => section.Key.StartsWith(ServingFigures.Section, StringComparison.Ordinal)))
        {
            figures["serving"] = ServingFigures.Table(results);
        }

        if (results["overhead"] is { } overhead) figures["overhead"] = OverheadFigures.Table(overhead);
        if (results.Any(section => section.Key.StartsWith(QualityFigures.Section, StringComparison.Ordinal)))
        {
            figures["quality"] = QualityFigures.Tables(results);
        }

        if (results.Any(section => section.Key.StartsWith(TrainingFigures.Section, StringComparison.Ordinal)))
        {
            figures["training"] = TrainingFigures.Table(results)
                + Plot("training.svg", "Training: ratio to PyTorch", "PyTorch", TrainingFigures.Bars(results), marksShort: true);
        }

        return (figures, plots);

        void Compared(string place, string? title, Func<string, bool> wanted, params (string, Func<JsonNode, string>)[] more)
        {
            var rows = PeerFigures.Rows(results, wanted);
            if (rows.Length == 0) return;
            figures[place] = PeerFigures.Table(results, rows, more)
                + (title is null ? "" : Plot($"{place}.svg", title, "llama.cpp", PeerFigures.Bars(rows), marksShort: true));
        }

        string Plot(string file, string title, string one, IReadOnlyList<Bar> bars, bool marksShort = false)
        {
            if (bars.Count == 0) return "";
            plots[file] = new BarChart(title, 1, one, marksShort).Draw(bars);
            return $"\n![{title}]({folder}/{file})\n";
        }
    }

    private static bool Begins(string name, string word) => name.StartsWith(word, StringComparison.Ordinal);

    private static bool IsBatch(string name) => name.EndsWith("sequences", StringComparison.Ordinal);

    private static (string, Func<JsonNode, string>) Both(string column, string field) => (column + ", Ashlar / llama.cpp",
        row => $"{Figures.Number(row[field]?["ashlar"], 2)} / {Figures.Number(row[field]?["llama_cpp"], 2)}");
}
