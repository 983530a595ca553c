using System.Text.Json.Nodes;

namespace Ashlar.Bench.Report;

/// <summary>The section <c>peers</c> of results: both sides' figures for the same work.</summary>
internal static class PeerFigures
{
    /// <summary>The rows of measurements whose names begin so.</summary>
    public static JsonNode[] Rows(JsonNode section, Func<string, bool> wanted) =>
        [.. section["peers"]!["rows"]!.AsArray().Where(row => wanted((string)row!["measurement"]!)).Select(row => row!)];

    /// <summary>A row for each measurement.</summary>
    /// <param name="results">All results.</param>
    /// <param name="rows">The rows to show.</param>
    /// <param name="more">Columns behind the others, by name, each made of a row; empty where a row has not got it.</param>
    public static string Table(JsonNode results, JsonNode[] rows, params (string Column, Func<JsonNode, string> Cell)[] more)
    {
        if (rows.Any(row => $"{row["commit"]}" != $"{results["peers"]!["machine"]!["commit"]}"))
        {
            more = [.. more, ("commit", row => $"{row["commit"]}")]; // not all rows are of the last run's
        }

        var table = new MarkdownTable([
            "model ", "measurement ", "threads", "Ashlar", "llama.cpp", "unit ", "ratio", "rounds' ratios",
            .. more.Select(one => one.Column),
        ]);
        foreach (var row in rows)
        {
            table.Add([
                $"{row["model"]} {row["type"]}", $"{row["measurement"]}", $"{row["threads"]}",
                Figures.Number(row["ashlar"]!["median"]), Figures.Number(row["llama_cpp"]!["median"]), $"{row["unit"]}",
                Figures.Number(row["ratio"], 2),
                $"{Figures.Number(row["lowest_ratio"], 2)} to {Figures.Number(row["highest_ratio"], 2)}",
                .. more.Select(one => one.Cell(row)),
            ]);
        }

        var peer = results["peers"]!["peer"]!;
        return Figures.Machine(results["peers"]!)
            + $"llama.cpp {peer["llama.cpp"]} of node-llama-cpp {peer["node-llama-cpp"]}.\n\n{table}";
    }

    /// <summary>The columns of decoding: bytes of weights read in a second, and their share of what can be read.</summary>
    public static (string, Func<JsonNode, string>)[] Reading(JsonNode results)
    {
        var limits = (results["limits"] ?? results["kernels"])?["limits"]?.AsArray();
        return
        [
            ("GB/s read", row => Speed(row) is { } speed ? Figures.Number(speed) : ""),
            ("of reading", row => Speed(row) is { } speed && Limit(row) is { } limit ? Figures.Share(speed / limit) : ""),
        ];

        double? Speed(JsonNode row) => (double?)row["weight_bytes"] * (double?)row["ashlar"]!["median"] / 1e9;

        double? Limit(JsonNode row)
        {
            var name = (int)row["threads"]! == 1 ? Limits.Limit.ReadOneCore : Limits.Limit.ReadEveryCore;
            return (double?)limits?.FirstOrDefault(limit => (string)limit!["name"]! == name)?["speed"]!["median"];
        }
    }

    /// <summary>The bars of ratios.</summary>
    public static IReadOnlyList<Bar> Bars(IEnumerable<JsonNode> rows) =>
    [
        .. from row in rows
           let threads = (int)row["threads"]! == 1 ? ", 1 thread" : ""
           select new Bar($"{row["model"]} {row["type"]}{threads}", (double)row["ratio"]!, Figures.Number(row["ratio"], 2)),
    ];
}
