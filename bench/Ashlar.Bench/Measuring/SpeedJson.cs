using System.Text.Json.Nodes;

namespace Ashlar.Bench.Measuring;

/// <summary>Speeds in a file of results.</summary>
internal static class SpeedJson
{
    public static JsonObject Of(Speed speed) => new()
    {
        ["name"] = speed.Name,
        ["unit"] = speed.Unit,
        ["median"] = Rounded(speed.Median),
        ["best"] = Rounded(speed.Best),
        ["rounds"] = new JsonArray([.. speed.Rounds.Select(round => (JsonNode)Rounded(round))]),
    };

    private static double Rounded(double number) => Math.Round(number, 2);
}
