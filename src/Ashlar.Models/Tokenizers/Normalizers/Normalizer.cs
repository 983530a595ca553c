namespace Ashlar.Models.Tokenizers;

/// <summary>Rewrites text before it is cut into pieces.</summary>
internal abstract class Normalizer
{
    /// <summary>
    /// The most bytes that a file may put in place of a character or two; a text would else grow without bound.
    /// </summary>
    public const int MostReplacementBytes = 1024;

    /// <summary>Appends the rewritten text to <paramref name="output"/>.</summary>
    public abstract void Apply(ReadOnlySpan<byte> text, TextBuffer output);
}
