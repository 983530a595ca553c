using System.Text.Json.Nodes;
using System.Xml.Linq;
using Ashlar.Bench.Report;

namespace Ashlar.Bench.Tests;

public class PerformanceReportTests
{
    private static readonly JsonObject Results = JsonNode.Parse("""
        {
          "limits": {
            "machine": { "processor": "A <fast> one", "cores": 2, "isa": "avx512-bf16", "commit": "0123456789ab",
                         "date": "2026-01-02" },
            "limits": [
              { "name": "reading, every core", "loop": "512-bit loads", "speed": { "unit": "GB/s", "median": 40.04, "best": 41 } }
            ]
          },
          "kernels": {
            "machine": { "processor": "P", "cores": 2, "isa": "avx2", "commit": null, "date": "2026-01-02" },
            "limits": [ { "name": "int8, one core", "speed": { "unit": "GOPS", "median": 470, "best": 471 } } ],
            "products": [
              { "format": "Q4_0", "rows": 512, "bits_per_weight": 4.5, "share_of_peak": 0.7261, "gigabytes_per_second": 0.2,
                "share_of_read": 0.01, "speed": { "median": 341.27 } },
              { "format": "Q4_0", "rows": 1, "bits_per_weight": 4.5, "share_of_peak": 0.2, "gigabytes_per_second": 29.36,
                "share_of_read": 0.857, "speed": { "median": 104 } }
            ]
          },
          "peers": {
            "machine": { "processor": "P", "cores": 2, "isa": "avx2", "commit": "c", "date": "2026-01-02" },
            "peer": { "node-llama-cpp": "3.0.0", "llama.cpp": "b1" },
            "rows": [
              { "model": "m", "type": "q4_0", "measurement": "decode of 64", "threads": 2, "unit": "tokens/s",
                "ashlar": { "median": 20 }, "llama_cpp": { "median": 16 }, "ratio": 1.25, "lowest_ratio": 1.2,
                "highest_ratio": 1.3,
                "weight_bytes": 1600000000, "commit": "c" },
              { "model": "m", "type": "q4_0", "measurement": "prefill of 512", "threads": 2, "unit": "tokens/s",
                "ashlar": { "median": 200 }, "llama_cpp": { "median": 100 }, "ratio": 2, "lowest_ratio": 2, "highest_ratio": 2,
                "commit": "b" },
              { "model": "m", "type": "q4_0", "measurement": "16 requests of 256 + 64: all tokens", "threads": 2,
                "unit": "tokens/s", "ashlar": { "median": 270 }, "llama_cpp": { "median": 108 }, "ratio": 2.5,
                "lowest_ratio": 2.4, "highest_ratio": 2.6, "commit": "c" }
            ]
          },
          "serving reload": {
            "machine": { "processor": "P", "cores": 2, "isa": "avx2", "commit": "c", "date": "2026-01-02" },
            "model": "m-q4_0",
            "figures": [
              { "what": "first token", "unit": "s", "with": 0.25, "without": 2, "ratio": 8, "rounds": [ 7.5, 8, 8.25 ] }
            ]
          },
          "overhead": {
            "machine": { "processor": "P", "cores": 2, "isa": "avx2", "commit": "c", "date": "2026-01-02" },
            "overheads": [
              { "of": "request", "streams": 1, "engine_microseconds": 93.54, "wall_microseconds": 402.4,
                "processor_microseconds": 425.52, "allocated_bytes": 14906.4 }
            ]
          },
          "quality of m": {
            "machine": { "processor": "P", "cores": 2, "isa": "avx2", "commit": "c", "date": "2026-01-02" },
            "model": "m", "texts": 4, "tokens": 64,
            "rows": [ { "type": "Q8_0", "ashlar": { "perplexity": 3.27118, "divergence": 0.000301 } } ]
          },
          "training llama-9m 8x256 BF16": {
            "machine": { "processor": "P", "cores": 2, "isa": "avx512-bf16", "commit": "c", "date": "2026-01-02" },
            "shape": "llama-9m", "rows": 8, "length": 256, "products": "BF16", "threads": 2, "peer": "1.13.1",
            "peak": { "name": "vfmadd231ps, every core", "unit": "GOPS", "median": 230.4 },
            "ashlar": { "seconds": 0.5202, "tokens_per_second": 3937.1, "share_of_peak": 1.004,
                        "peak_memory_bytes": 789577728 },
            "pytorch": { "seconds": 2.2601, "tokens_per_second": 906.2, "share_of_peak": 0.2311,
                         "peak_memory_bytes": 2055208960 },
            "ratio": 4.3447, "lowest_ratio": 3.7, "highest_ratio": 5.2
          },
          "training gpt2-124m 4x64 F32": {
            "machine": { "processor": "P", "cores": 2, "isa": "avx2", "commit": "c", "date": "2026-01-02" },
            "shape": "gpt2-124m", "rows": 4, "length": 64, "products": "F32", "threads": 2,
            "peak": { "name": "vfmadd231ps, every core", "unit": "GOPS", "median": 230.4 },
            "ashlar": { "seconds": 1.281, "tokens_per_second": 199.8, "share_of_peak": 0.6489,
                        "peak_memory_bytes": 2980053016 }
          },
          "losses of llama-9m 4x128 F32": {
            "machine": { "processor": "P", "cores": 2, "isa": "avx2", "commit": "c", "date": "2026-01-02" },
            "shape": "llama-9m", "rows": 4, "length": 128, "products": "F32", "learning_rate": 0.0003, "threads": 2, "steps": 3,
            "peer": "1.13.1", "apart": 2.54e-05, "ashlar": [ 8.401234, 6.1, 4.338 ], "pytorch": [ 8.401234, 6.1, 4.338025 ]
          }
        }
        """)!.AsObject();

    [Theory]
    [InlineData("limits", "| reading, every core | 512-bit loads | 40.0 | 41.0 | GB/s |")]
    [InlineData("limits", "*A <fast> one, 2 cores, `avx512-bf16`, commit 0123456789ab, 2026-01-02.*")]
    [InlineData("kernels", "| Q4_0 | 4.50 | 341 | 73 % | 29.4 | 86 % |")]
    [InlineData("kernels", "![512 rows: share of the measured peak](performance/peak.svg)")]
    [InlineData("decode", "| m q4_0 | decode of 64 | 2 | 20.0 | 16.0 | tokens/s | 1.25 | 1.20 to 1.30 | 32.0 | 80 % |")]
    [InlineData("prefill", "| m q4_0 | prefill of 512 | 2 | 200 | 100 | tokens/s | 2.00 | 2.00 to 2.00 | b |")]
    [InlineData("streams", "| m q4_0 | 16 requests of 256 + 64: all tokens | 2 | 270 | 108 | tokens/s | 2.50 | 2.40 to 2.60 |")]
    [InlineData("serving", "| m-q4_0 | first token | 0.25 | 2.00 | s | 8.00 | 7.50 to 8.25 |")]
    [InlineData("overhead", "| request | 1 | 93.5 | 402 | 426 | 14906 |")]
    [InlineData("quality", "| Q8_0 | 3.2712 |  |  | 3.0e-4 |  |  |")]
    [InlineData(
        "training", "| llama-9m, 8 x 256 | BF16 | 0.52 | 2.26 | 4.34 | 3.70 to 5.20 | 3937 | 906 | 100 % | 230 | 753 | 1960 |")]
    [InlineData("training", "| gpt2-124m, 4 x 64 | F32 | 1.28 |  |  |  | 200 |  | 65 % | 230 | 2842 |  |")]
    [InlineData("training", "![Training: ratio to PyTorch](performance/training.svg)")]
    [InlineData("training", "PyTorch 1.13.1.")]
    [InlineData("training", "Losses of llama-9m, 3 steps of 4 x 128 tokens at a rate of 0.0003: from 8.4012 to 4.3380, and at no "
        + "step more than 2.5e-5 from PyTorch's.")]
    public void A_place_holds_what_was_measured(string place, string line)
    {
        var (figures, _) = PerformanceReport.Make(Results, "performance");

        Assert.Contains(line, figures[place].Split('\n'));
    }

    [Fact]
    public void What_was_not_measured_has_no_figures_and_no_plot()
    {
        var (figures, plots) = PerformanceReport.Make(Results, "performance");

        Assert.Equal(
            ["limits", "kernels", "prefill", "decode", "streams", "serving", "overhead", "quality", "training"], figures.Keys);
        Assert.Equal(["peak.svg", "reading.svg", "prefill.svg", "decode.svg", "training.svg"], plots.Keys);
    }

    [Fact]
    public void A_bar_is_as_long_as_its_value_says()
    {
        var chart = new BarChart("a < b", 1, "one", marksShort: true);

        var svg = XDocument.Parse(chart.Draw([new Bar("half", 0.5, "0.50"), new Bar("double", 2, "2.00")]));

        var bars = svg.Descendants().Where(element => element.Name.LocalName == "rect").ToArray();
        Assert.Equal(4, Width(bars[1]) / Width(bars[0]), tolerance: 0.01);
        Assert.Equal(["short", "bar"], bars.Select(bar => bar.Attribute("class")!.Value));

        static double Width(XElement bar) => (double)bar.Attribute("width")!;
    }

    [Fact]
    public void Figures_take_the_place_of_older_ones_and_of_nothing_else()
    {
        const string page = "before\n<!-- figures: a -->\nold\n<!-- end of figures -->\n"
            + "between\n<!-- figures: b -->\nkept\n<!-- end of figures -->\n";

        var filled = ReportPage.Fill(page, new Dictionary<string, string> { ["a"] = "new\n" });

        Assert.Equal(page.Replace("old", "new", StringComparison.Ordinal), filled);
        Assert.Equal(filled, ReportPage.Fill(filled, new Dictionary<string, string> { ["a"] = "new\n" }));
    }

    [Fact]
    public void Figures_without_a_place_are_an_error_that_names_them()
    {
        var figures = new Dictionary<string, string> { ["a"] = "new" };
        var error = Assert.Throws<InvalidDataException>(() => ReportPage.Fill("page", figures));

        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_has_a_place_for_every_kind_of_figures()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "performance.md"));

        foreach (var place in PerformanceReport.Places)
        {
            ReportPage.Fill(page, new Dictionary<string, string> { [place] = "figures" });
        }

        static string Root()
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Ashlar.slnx"))) folder = folder.Parent;
            return folder.FullName;
        }
    }
}
