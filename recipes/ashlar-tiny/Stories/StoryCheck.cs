using System.Text.RegularExpressions;
using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Stories;

/// <summary>How good a story is that a model told.</summary>
/// <param name="IsStory">
/// Whether it has the length of one, of words that stories have, in whole sentences that hardly repeat one another.
/// </param>
/// <param name="IsConsistent">
/// Whether it is also about what was asked for, says of everybody at the first mention what they are, and stays with its hero.
/// </param>
internal readonly record struct StoryVerdict(bool IsStory, bool IsConsistent);

/// <summary>Judges stories by what can be told from the text alone.</summary>
internal static partial class StoryCheck
{
    private const int Near = 70; // characters between a name and what its bearer is

    private static readonly string[] Kinds = [.. Cast.Animals, .. Cast.People];

    // All words of many stories; who tells others makes them up.
    private static readonly Lazy<HashSet<string>> Known = new(() => Enumerable.Range(0, 3000)
        .SelectMany(i => Word().Matches(Story.Create(Draw.Of(0, "words", i)).Text))
        .Select(match => match.Value.ToUpperInvariant()).ToHashSet());

    /// <summary>Judges a story.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="text">The story.</param>
    public static StoryVerdict Judge(string request, string text)
    {
        var words = Word().Matches(text);
        var sentences = text.Split(['.', '!', '?', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(sentence => sentence.Contains(' ', StringComparison.Ordinal)).ToArray();
        var isStory = words.Count is >= 40 and <= 300 && ".!\"".Contains(text[^1], StringComparison.Ordinal)
            && words.Count(word => Known.Value.Contains(word.Value.ToUpperInvariant())) >= words.Count * 0.98
            && sentences.Distinct().Count() >= sentences.Length * 0.8;
        return new(isStory, isStory && HasWhatWasAsked(request, text) && HasKnownPeople(text));
    }

    private static bool HasWhatWasAsked(string request, string text) => Kinds.Concat(Cast.Toys).Concat(Cast.Foods)
        .Where(noun => Has(request, noun)).All(noun => Has(text, noun));

    private static bool HasKnownPeople(string text)
    {
        string[] names = [.. Word().Matches(text).Select(match => match.Value).Where(Cast.IsName).Distinct()];
        return names.Length is >= 1 and <= 5 && Regex.Count(text, $@"\b{names[0]}\b") >= 2 && names.All(name =>
        {
            var at = text.IndexOf(name, StringComparison.Ordinal);
            var start = Math.Max(0, at - Near);
            var around = text[start..Math.Min(text.Length, at + name.Length + Near)];
            return Kinds.Any(kind => Has(around, kind));
        });
    }

    private static bool Has(string text, string noun) => Regex.IsMatch(text, $@"\b{noun}\b");

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
