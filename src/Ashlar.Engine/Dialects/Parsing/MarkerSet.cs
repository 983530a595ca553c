using System.Buffers;

namespace Ashlar.Engine.Dialects;

/// <summary>Texts to be found in text that comes in pieces: of those that begin leftmost, the longest.</summary>
internal sealed class MarkerSet
{
    private readonly string[] _markers; // the longest first
    private readonly SearchValues<char> _firstCharacters;

    /// <param name="markers">Texts of 1 character or more; there may be none.</param>
    public MarkerSet(IEnumerable<string> markers)
    {
        _markers = [.. markers.Distinct().OrderByDescending(marker => marker.Length)];
        _firstCharacters = SearchValues.Create([.. _markers.Select(marker => marker[0])]);
    }

    /// <summary>Looks for the first marker.</summary>
    /// <param name="text">What has come of the text.</param>
    /// <param name="isWhole">Whether no more will come.</param>
    /// <param name="marker">The marker; null where there is none as yet.</param>
    /// <returns>How much of the text goes before the marker, or before what may yet become one.</returns>
    public int Find(ReadOnlySpan<char> text, bool isWhole, out string? marker)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var offset = text[at..].IndexOfAny(_firstCharacters);
            if (offset < 0) break;
            at += offset;
            if (IsHere(text[at..], isWhole, out marker) != false) return at;
        }

        marker = null;
        return text.Length;
    }

    /// <summary>Looks whether a text begins with a marker.</summary>
    /// <param name="text">What has come of the text.</param>
    /// <param name="isWhole">Whether no more will come.</param>
    /// <param name="marker">The marker, if there is one.</param>
    /// <returns>Whether there is one; null where only more text can tell.</returns>
    public bool? IsHere(ReadOnlySpan<char> text, bool isWhole, out string? marker)
    {
        marker = null;
        foreach (var candidate in _markers)
        {
            if (text.StartsWith(candidate))
            {
                marker = candidate;
                return true;
            }

            if (!isWhole && candidate.AsSpan().StartsWith(text)) return null;
        }

        return false;
    }
}
