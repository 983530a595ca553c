using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Ashlar.Bench.Report;

/// <summary>The sections <c>quality of MODEL</c> of results.</summary>
internal static class QualityFigures
{
    /// <summary>What the names of these sections begin with.</summary>
    public const string Section = "quality of ";

    private static readonly string[] Implementations = ["ashlar", "reference", "llama.cpp"];

    /// <summary>A table for each model.</summary>
    public static string Tables(JsonObject results)
    {
        var text = new StringBuilder();
        foreach (var (_, section) in results.Where(section => section.Key.StartsWith(Section, StringComparison.Ordinal)))
        {
            text.Append($"**{section!["model"]}**, {section["texts"]} texts of {section["tokens"]} tokens. ");
            text.Append(Figures.Machine(section));
            var table = new MarkdownTable(
                "type ", "perplexity", "by the reference", "llama.cpp", "divergence, nats", "by the reference", "llama.cpp");
            foreach (var row in section["rows"]!.AsArray())
            {
                table.Add(
                [
                    $"{row!["type"]}",
                    .. Implementations.Select(name => Figures.Number(row[name]?["perplexity"], 4)),
                    .. Implementations.Select(name => Divergence(row[name]?["divergence"])),
                ]);
            }

            text.Append(table).Append('\n');
        }

        return text.ToString();
    }

    private static string Divergence(JsonNode? number) =>
        number is null ? "" : ((double)number).ToString("0.0e-0", CultureInfo.InvariantCulture);
}
