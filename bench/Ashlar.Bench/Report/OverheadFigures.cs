using System.Text.Json.Nodes;

namespace Ashlar.Bench.Report;

/// <summary>The section <c>overhead</c> of results: what server and HTTP cost beside the engine.</summary>
internal static class OverheadFigures
{
    /// <summary>A row for a request, and for a streamed token.</summary>
    public static string Table(JsonNode section)
    {
        var table = new MarkdownTable("of a ", "at once", "engine alone, us", "added, us", "added processor time, us", "allocated bytes");
        foreach (var row in section["overheads"]!.AsArray())
        {
            table.Add([
                $"{row!["of"]}", $"{row["streams"]}", Figures.Number(row["engine_microseconds"]),
                Figures.Number(row["wall_microseconds"]), Figures.Number(row["processor_microseconds"]),
                Figures.Number(row["allocated_bytes"], 0),
            ]);
        }

        return Figures.Machine(section) + table;
    }
}
