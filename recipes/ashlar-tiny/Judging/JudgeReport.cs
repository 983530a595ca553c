using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Ashlar.Tiny.Judging;

/// <summary>Verdicts as a table, and as JSON.</summary>
internal static class JudgeReport
{
    private const int MostShown = 20;

    /// <summary>A table in Markdown of how many are right, by part and by kind; then stories, and what went wrong.</summary>
    public static string Markdown(IReadOnlyList<Verdict> verdicts)
    {
        var text = new StringBuilder("| part | kind | asked | valid | right |\n|---|---|---|---|---|\n");
        foreach (var part in verdicts.GroupBy(verdict => verdict.Question.Part))
        {
            Row(text, part.Key, "all", [.. part]);
            foreach (var kind in part.GroupBy(verdict => verdict.Question.Kind)) Row(text, "", kind.Key, [.. kind]);
        }

        foreach (var verdict in verdicts.Where(verdict => verdict.Question.Part == "stories").Take(3))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n> {Asked(verdict)}\n\n{verdict.Answer}\n");
        }

        text.Append("\n| asked | expected | answered |\n|---|---|---|\n");
        foreach (var verdict in verdicts.Where(verdict => !verdict.IsRight && verdict.Question.Part != "stories").Take(MostShown))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(Asked(verdict))} | {Cell(verdict.Question.Expected)} | {Cell(verdict.Answer)} |\n");
        }

        return text.ToString();
    }

    /// <summary>One object: of each part how many were asked, were valid and were right.</summary>
    public static JsonObject Json(IReadOnlyList<Verdict> verdicts) => new(verdicts.GroupBy(verdict => verdict.Question.Part).Select(part =>
        KeyValuePair.Create(part.Key, (JsonNode?)new JsonObject
        {
            ["asked"] = part.Count(),
            ["valid"] = part.Count(verdict => verdict.IsValid),
            ["right"] = part.Count(verdict => verdict.IsRight),
        })));

    private static string Asked(Verdict verdict) => verdict.Question.Messages[^1].Content;

    private static void Row(StringBuilder text, string part, string kind, Verdict[] verdicts) => text.Append(
        CultureInfo.InvariantCulture,
        $"| {part} | {kind} | {verdicts.Length} | {Share(verdicts, verdict => verdict.IsValid)} | {Share(verdicts, verdict => verdict.IsRight)} |\n");

    private static string Share(Verdict[] verdicts, Func<Verdict, bool> holds) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * verdicts.Count(holds) / verdicts.Length:F1} %");

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
