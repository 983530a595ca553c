using System.Text.Json.Nodes;
using Ashlar.Bench.Measuring;

namespace Ashlar.Bench.Limits;

/// <summary><c>limits</c>: what this machine can do at most.</summary>
internal static class LimitsBenchmark
{
    public static JsonObject Run(int rounds)
    {
        using var machine = new MachineLimits();
        var limits = machine.Of(Rounds.Measure([.. machine.All.SelectMany(limit => limit.Loops)], rounds));
        Write(limits);
        return new JsonObject { ["rounds"] = rounds, ["limits"] = Json(limits) };
    }

    /// <summary>Prints the limits and the loops that they were found by.</summary>
    public static void Write(IReadOnlyList<MeasuredLimit> limits)
    {
        Console.WriteLine($"{"limit",-24}{"loop",-52}{"median",10}{"best",10}");
        foreach (var limit in limits)
        {
            foreach (var loop in limit.Loops.OrderByDescending(loop => loop.Median))
            {
                var name = loop == limit.Speed ? limit.Name : "";
                Console.WriteLine($"{name,-24}{loop.Name,-52}{loop.Median,10:F1}{loop.Best,10:F1} {loop.Unit}");
            }
        }
    }

    /// <summary>The limits for a file of results.</summary>
    public static JsonArray Json(IEnumerable<MeasuredLimit> limits) => [.. limits.Select(limit => new JsonObject
    {
        ["name"] = limit.Name,
        ["loop"] = limit.Speed.Name,
        ["speed"] = SpeedJson.Of(limit.Speed),
        ["loops"] = new JsonArray([.. limit.Loops.Select(loop => (JsonNode)SpeedJson.Of(loop))]),
    })];
}
