using System.Text.Json.Nodes;

namespace Ashlar.Bench.Report;

/// <summary>The sections <c>limits</c> and <c>kernels</c> of results.</summary>
internal static class KernelFigures
{
    /// <summary>The limits and the loops that reach them.</summary>
    public static string Limits(JsonNode section)
    {
        var table = new MarkdownTable("limit ", "the fastest loop ", "median", "best", "unit ");
        foreach (var limit in section["limits"]!.AsArray())
        {
            var speed = limit!["speed"]!;
            var (median, best) = (Figures.Number(speed["median"]), Figures.Number(speed["best"]));
            table.Add($"{limit["name"]}", $"{limit["loop"]}", median, best, $"{speed["unit"]}");
        }

        return Figures.Machine(section) + table;
    }

    /// <summary>A row for each format: operations a second for many rows, bytes a second for one.</summary>
    public static string Products(JsonNode section)
    {
        var products = section["products"]!.AsArray();
        int[] counts = [.. products.Select(product => (int)product!["rows"]!).Distinct().OrderDescending()];
        var many = counts.Where(count => count > 1).ToArray();
        var arithmetic = many.SelectMany(count => new[] { $"{count} rows, GOPS", "of peak" });
        var table = new MarkdownTable(["format ", "bits", .. arithmetic, "1 row, GB/s", "of reading"]);
        foreach (var format in products.GroupBy(product => (string)product!["format"]!))
        {
            var cells = new List<string> { format.Key, Figures.Number(format.First()!["bits_per_weight"], 2) };
            foreach (var product in many.Select(count => Of(format, count)))
            {
                cells.Add(Figures.Number(product?["speed"]!["median"]));
                cells.Add(product is null ? "" : Figures.Share((double)product["share_of_peak"]!));
            }

            var one = Of(format, 1);
            cells.Add(Figures.Number(one?["gigabytes_per_second"]));
            cells.Add(one is null ? "" : Figures.Share((double)one["share_of_read"]!));
            table.Add(cells);
        }

        var limits = string.Join(", ", section["limits"]!.AsArray().Select(limit =>
            $"{limit!["name"]} {Figures.Number(limit["speed"]!["median"])} {limit["speed"]!["unit"]}"));
        return $"{Figures.Machine(section)}Limits of the same run: {limits}.\n\n{table}";
    }

    /// <summary>The bars of a number of rows: shares of the peak, or of the speed of reading for one row.</summary>
    public static IReadOnlyList<Bar> Bars(JsonNode section, int rows) =>
    [
        .. from product in section["products"]!.AsArray()
           where (int)product["rows"]! == rows
           let share = (double)product[rows == 1 ? "share_of_read" : "share_of_peak"]!
           select new Bar((string)product["format"]!, share, Figures.Share(share)),
    ];

    private static JsonNode? Of(IEnumerable<JsonNode?> products, int rows) =>
        products.FirstOrDefault(product => (int)product!["rows"]! == rows);
}
