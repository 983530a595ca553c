using System.Text.RegularExpressions;

namespace Ashlar.Tiny.Commands;

/// <summary>What README.md says: what Ashlar is, what it is licensed under, and what works.</summary>
internal static partial class ReadmeFacts
{
    private const int MostCharacters = 150; // of an answer: more is not kept in so small a mind

    public static IEnumerable<Fact> Of(string readme)
    {
        var lines = readme.ReplaceLineEndings("\n").Split('\n');
        var about = lines.First(line => line.Length > 0 && line[0] is not ('#' or '!' or '<'));
        yield return new("about", [], about[..(about.IndexOf(". ", StringComparison.Ordinal) + 1)]);
        if (License().Match(readme) is { Success: true } license) yield return new("license", [], license.Groups[1].Value);
        foreach (var line in lines.SkipWhile(line => !line.StartsWith("## What works", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length != 4 || cells[1].Length == 0 || cells[1].StartsWith('-')) continue;
            var content = Link().Replace(cells[2], "$1").Replace("`", "", StringComparison.Ordinal);
            var end = content.IndexOf("; ", StringComparison.Ordinal);
            if (end > 0) content = content[..end];
            if (content.Length <= MostCharacters) yield return new("works", [("area", cells[1])], content.TrimEnd('.') + ".");
            if (cells[1] == "sampling") yield break; // what follows is told in sentences, not in a few words
        }
    }

    [GeneratedRegex(@"Licensed under \[([^\]]+)\]")]
    private static partial Regex License();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)")]
    private static partial Regex Link();
}
