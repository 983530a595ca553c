namespace Ashlar.Tiny.Stories;

/// <summary>Something that can be carried.</summary>
/// <param name="Noun">What it is.</param>
/// <param name="Look">What it looks like.</param>
internal sealed record Thing(string Noun, string Look)
{
    /// <summary>With its look and an article.</summary>
    public string WithArticle => $"{(Look[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {Look} {Noun}";
}
