using System.Globalization;
using System.Text.Json.Nodes;

namespace Ashlar.Bench.Report;

/// <summary>The sections <c>training TASK</c> and <c>losses of TASK</c> of results: steps and losses, beside PyTorch's.</summary>
internal static class TrainingFigures
{
    /// <summary>What the names of these sections begin with.</summary>
    public const string Section = "training ", Losses = "losses of ";

    /// <summary>A row for each task, and a sentence for each comparison of losses.</summary>
    public static string Table(JsonObject results)
    {
        var sections = Of(results, Section);
        var table = new MarkdownTable(
            "model, rows x tokens ", "products ", "Ashlar, s", "PyTorch, s", "ratio", "rounds' ratios", "Ashlar, tokens/s",
            "PyTorch, tokens/s", "of the peak", "peak, GOPS", "Ashlar, MiB", "PyTorch, MiB");
        foreach (var row in sections)
        {
            var (ours, theirs) = (row["ashlar"]!, row["pytorch"]);
            table.Add([
                $"{row["shape"]}, {row["rows"]} x {row["length"]}", $"{row["products"]}",
                Figures.Number(ours["seconds"]), Figures.Number(theirs?["seconds"]), Figures.Number(row["ratio"], 2),
                theirs is null ? "" : $"{Figures.Number(row["lowest_ratio"], 2)} to {Figures.Number(row["highest_ratio"], 2)}",
                Figures.Number(ours["tokens_per_second"]), Figures.Number(theirs?["tokens_per_second"]),
                Figures.Share((double)ours["share_of_peak"]!), Figures.Number(row["peak"]!["median"]),
                Mebibytes(ours), Mebibytes(theirs),
            ]);
        }

        var peer = sections.LastOrDefault(section => section["peer"] is not null)?["peer"];
        return Figures.Machine(sections[^1]) + (peer is null ? "" : $"PyTorch {peer}.\n\n") + table
            + string.Concat(Of(results, Losses).Select(Sentence));
    }

    /// <summary>The bars of ratios, of the tasks that PyTorch was beside.</summary>
    public static IReadOnlyList<Bar> Bars(JsonObject results) =>
    [
        .. from row in Of(results, Section)
           where row["ratio"] is not null
           select new Bar($"{row["shape"]} {row["products"]}", (double)row["ratio"]!, Figures.Number(row["ratio"], 2)),
    ];

    private static JsonNode[] Of(JsonObject results, string begin) =>
        [.. results.Where(section => section.Key.StartsWith(begin, StringComparison.Ordinal)).Select(section => section.Value!)];

    private static string Sentence(JsonNode losses)
    {
        var apart = ((double)losses["apart"]!).ToString("0.0e-0", CultureInfo.InvariantCulture);
        var (first, last) = (losses["ashlar"]![0], losses["ashlar"]!.AsArray()[^1]);
        return $"\nLosses of {losses["shape"]}, {losses["steps"]} steps of {losses["rows"]} x {losses["length"]} tokens at a "
            + $"rate of {losses["learning_rate"]}: from {Figures.Number(first, 4)} to {Figures.Number(last, 4)}, and at no step more "
            + $"than {apart} from PyTorch's.\n";
    }

    private static string Mebibytes(JsonNode? side) =>
        side is null ? "" : Figures.Number((double)side["peak_memory_bytes"]! / (1 << 20));
}
