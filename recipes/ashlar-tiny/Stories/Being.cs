namespace Ashlar.Tiny.Stories;

/// <summary>Somebody in a story.</summary>
/// <param name="Name">The name, which nobody else in the story has.</param>
/// <param name="Kind">What it is: fox, girl, baker.</param>
/// <param name="IsFemale">Whether it is a she.</param>
/// <param name="Trait">What it is like: brave, shy.</param>
internal sealed record Being(string Name, string Kind, bool IsFemale, string Trait)
{
    public string He => IsFemale ? "she" : "he";

    public string Him => IsFemale ? "her" : "him";

    public string His => IsFemale ? "her" : "his";
}
