using System.Globalization;
using System.Text.Json.Nodes;

namespace Ashlar.Bench.Report;

/// <summary>Numbers and words of results, as tables show them.</summary>
internal static class Figures
{
    /// <summary>A number with so many digits behind the point.</summary>
    public static string Number(JsonNode? number, int digits) =>
        number is null ? "" : number.GetValue<double>().ToString($"F{digits}", CultureInfo.InvariantCulture);

    /// <summary>A speed or time with three digits or all before the point.</summary>
    public static string Number(JsonNode? number) => number is null ? "" : Number(number.GetValue<double>());

    /// <summary>A speed or time with three digits or all before the point.</summary>
    public static string Number(double value) =>
        value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);

    /// <summary>A share as a percentage.</summary>
    public static string Share(double share) => (share * 100).ToString("F0", CultureInfo.InvariantCulture) + " %";

    /// <summary>Where and when a section was measured.</summary>
    public static string Machine(JsonNode section)
    {
        var machine = section["machine"]!;
        var commit = machine["commit"] is { } named ? $", commit {named}" : "";
        return $"*{machine["processor"]}, {machine["cores"]} cores, `{machine["isa"]}`{commit}, {machine["date"]}.*\n\n";
    }
}
