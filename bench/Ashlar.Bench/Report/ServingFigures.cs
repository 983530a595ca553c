using System.Text.Json.Nodes;

namespace Ashlar.Bench.Report;

/// <summary>The sections <c>serving SCENARIO</c> of results: what the engine's means of sparing work bring.</summary>
internal static class ServingFigures
{
    /// <summary>What the names of these sections begin with.</summary>
    public const string Section = "serving ";

    /// <summary>A row for each figure of each scenario.</summary>
    public static string Table(JsonObject results)
    {
        var sections = results.Where(static section => section.Key.StartsWith(Section, StringComparison.Ordinal))
            .Select(static section => section.Value!).ToArray();
        var table = new MarkdownTable("model ", "measurement ", "with", "without", "unit ", "ratio", "rounds' ratios");
        foreach (var section in sections)
        {
            foreach (var row in section["figures"]!.AsArray())
            {
                var rounds = row!["rounds"]!.AsArray();
                table.Add([
                    $"{section["model"]}", $"{row["what"]}", Figures.Number(row["with"]), Figures.Number(row["without"]),
                    $"{row["unit"]}", Figures.Number(row["ratio"], 2),
                    $"{Figures.Number(rounds.Min(Value), 2)} to {Figures.Number(rounds.Max(Value), 2)}",
                ]);
            }
        }

        return Figures.Machine(sections[^1]) + table;

        static double Value(JsonNode? number) => number!.GetValue<double>();
    }
}
