namespace Ashlar.Models.Templates;

/// <summary>What one template may cost. A template comes from a downloaded file and is hostile until it has ended.</summary>
public sealed record TemplateLimits
{
    /// <summary>The bounds used where none are given.</summary>
    public static TemplateLimits Default { get; } = new();

    /// <summary>Longest source, in UTF-16 units.</summary>
    public int SourceCharacters { get; init; } = 512 * 1024;

    /// <summary>Longest rendered text, in UTF-16 units.</summary>
    public int OutputCharacters { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Most steps of one rendering: a node evaluated, an element visited, or some dozens of characters searched or
    /// copied.
    /// </summary>
    public long Steps { get; init; } = 5_000_000;

    /// <summary>Deepest nesting of source constructs, of calls, and of values.</summary>
    public int Depth { get; init; } = 200;

    /// <summary>
    /// Most bytes of values made in one rendering, counted as they are made and never given back.
    /// <see cref="ValueBytesPerInputCharacter"/> adds to it.
    /// </summary>
    public long ValueBytes { get; init; } = 24 * 1024 * 1024;

    /// <summary>
    /// What each character of the variables adds to <see cref="ValueBytes"/>, so that a long conversation has room.
    /// </summary>
    public int ValueBytesPerInputCharacter { get; init; } = 32;

    /// <summary>Longest <c>range()</c>, in elements; 100,000 as in Jinja's sandbox.</summary>
    public int RangeLength { get; init; } = 100_000;

    /// <summary>Largest integer, in decimal digits; 4,300 as in Python's conversions.</summary>
    public int IntegerDigits { get; init; } = 4_300;
}
