namespace Ashlar.Models.Tokenizers;

/// <summary>
/// What one call of <see cref="Tokenizer.Encode(ReadOnlySpan{byte}, bool, bool)"/> works with; lent to one call at a time.
/// </summary>
internal sealed class EncodeScratch
{
    /// <summary>Words that were met before.</summary>
    public WordCache Cache { get; } = new();

    /// <summary>The window of a merge model, and the one that follows it.</summary>
    public MergeWindow Window { get; } = new();

    /// <inheritdoc cref="Window"/>
    public MergeWindow NextWindow { get; } = new();

    /// <summary>Text that came out of the normalizer.</summary>
    public TextBuffer Text { get; } = new();

    /// <summary>A word with its prefix.</summary>
    public TextBuffer Word { get; } = new();

    /// <summary>The best path of a unigram model, by position.</summary>
    public List<int> Path { get; } = [];
}
