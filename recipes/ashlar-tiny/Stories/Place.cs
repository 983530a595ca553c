namespace Ashlar.Tiny.Stories;

/// <summary>Somewhere to be.</summary>
/// <param name="Name">Its name, with the article.</param>
/// <param name="Preposition">In, on, at or by.</param>
internal sealed record Place(string Name, string Preposition)
{
    /// <summary>Where one is who is there.</summary>
    public string Inside => $"{Preposition} {Name}";
}
