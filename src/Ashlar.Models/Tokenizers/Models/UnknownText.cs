namespace Ashlar.Models.Tokenizers;

/// <summary>
/// What becomes of text that the vocabulary cannot spell: byte tokens where it has them, else the unknown token.
/// </summary>
/// <param name="byteIds">The ids of the 256 byte tokens, or null.</param>
/// <param name="unknownId">The unknown token, if there is one; without it the text is left out, as the reference implementations
/// do.</param>
/// <param name="fuse">Whether a run of such text becomes one unknown token.</param>
internal sealed class UnknownText(int[]? byteIds, int? unknownId, bool fuse)
{
    /// <summary>Appends the ids that stand for <paramref name="text"/>.</summary>
    /// <param name="text">What no token spells.</param>
    /// <param name="ids">The ids so far.</param>
    /// <param name="afterUnknown">Whether the text before, in the same piece, was unknown too.</param>
    public void Append(ReadOnlySpan<byte> text, List<int> ids, bool afterUnknown)
    {
        if (byteIds is not null)
        {
            foreach (var value in text) ids.Add(byteIds[value]);
        }
        else if (unknownId is { } id && !(fuse && afterUnknown))
        {
            ids.Add(id);
        }
    }
}
