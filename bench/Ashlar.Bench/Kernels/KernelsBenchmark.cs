using System.Text.Json.Nodes;
using Ashlar.Bench.Limits;
using Ashlar.Bench.Measuring;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Kernels;

/// <summary>
/// <c>kernels</c>: weight matmul of 4096 x 4096 on one core, for every format and some numbers of rows, beside the limits of the
/// machine, all in one run that alternates.
/// </summary>
internal static class KernelsBenchmark
{
    /// <summary>Measures.</summary>
    /// <param name="formats">The names of the formats; null for all.</param>
    /// <param name="rows">The numbers of rows.</param>
    /// <param name="rounds">Samples of each product and each limit.</param>
    public static JsonObject Run(IReadOnlyList<string>? formats, IReadOnlyList<int> rows, int rounds)
    {
        var set = Processor.Chosen();
        var chosen = MatMulFormat.All(set).Where(format => formats?.Contains(format.Type.ToString()) ?? true).ToArray();
        if (chosen.Length == 0)
        {
            var known = string.Join(", ", MatMulFormat.All(set).Select(format => format.Type));
            throw new ArgumentException($"--formats names none of {known}");
        }


        using var machine = new MachineLimits();
        var cases = chosen.Select(format => new MatMulCase(format, set, rows.Max())).ToArray();
        Trial[] loops = [.. machine.All.SelectMany(limit => limit.Loops)];
        Trial[] products = [.. from matrix in cases from count in rows select matrix.Product(count)];
        var speeds = Rounds.Measure([.. loops, .. products], rounds);
        var limits = machine.Of(speeds);

        Console.WriteLine($"weights 4096 x 4096, one core, {Processor.NameOf(set)}; {string.Join(", ", limits.Select(Text))}");
        Console.WriteLine($"{"format",-10}{"rows",6}{"GOPS",10}{"best",10}{"of peak",10}{"GB/s",10}{"of read",10}");
        var results = new JsonArray();
        for (var i = 0; i < products.Length; i++)
        {
            var (matrix, count, speed) = (cases[i / rows.Count], rows[i % rows.Count], speeds[loops.Length + i]);
            var bytesPerOperation = matrix.Bytes / MatMulCase.Operations(count);
            var shareOfPeak = speed.Median / Named(Limit.Peak(matrix.Format.Arithmetic)).Speed.Median;
            var read = speed.Median * bytesPerOperation;
            var shareOfRead = read / Named(Limit.ReadOneCore).Speed.Median;
            Console.WriteLine(
                $"{matrix.Format.Type,-10}{count,6}{speed.Median,10:F1}{speed.Best,10:F1}{shareOfPeak,10:P0}"
                + $"{read,10:F1}{shareOfRead,10:P0}");
            results.Add(new JsonObject
            {
                ["format"] = matrix.Format.Type.ToString(),
                ["rows"] = count,
                ["bits_per_weight"] = Math.Round(matrix.Bytes * 8.0 / MatMulCase.Size / MatMulCase.Size, 3),
                ["peak"] = Limit.Peak(matrix.Format.Arithmetic),
                ["share_of_peak"] = Math.Round(shareOfPeak, 4),
                ["gigabytes_per_second"] = Math.Round(read, 2),
                ["share_of_read"] = Math.Round(shareOfRead, 4),
                ["speed"] = SpeedJson.Of(speed),
            });
        }

        foreach (var matrix in cases) matrix.Dispose();
        return new JsonObject { ["rounds"] = rounds, ["limits"] = LimitsBenchmark.Json(limits), ["products"] = results };

        MeasuredLimit Named(string name) => limits.Single(limit => limit.Name == name);
        static string Text(MeasuredLimit limit) => $"{limit.Name} {limit.Speed.Median:F1} {limit.Speed.Unit}";
    }
}
