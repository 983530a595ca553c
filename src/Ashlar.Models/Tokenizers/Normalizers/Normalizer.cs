namespace Ashlar.Models.Tokenizers;

/// <summary>Rewrites text before it is cut into pieces.</summary>
internal abstract class Normalizer
{
    /// <summary>Appends the rewritten text to <paramref name="output"/>.</summary>
    public abstract void Apply(ReadOnlySpan<byte> text, TextBuffer output);
}
