using System.Runtime.InteropServices;

namespace Ashlar.Models.Tokenizers;

/// <summary>NFC, NFD, NFKC or NFKD.</summary>
/// <param name="compose">C rather than D.</param>
/// <param name="compatibility">K.</param>
internal sealed class UnicodeFormNormalizer(bool compose, bool compatibility) : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        List<int> cluster = [];
        for (var at = 0; at < text.Length;)
        {
            // Plain text is its own normal form; the last character of a run may yet take a mark.
            var plain = text[at..].IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            if (plain < 0) plain = text.Length - at;
            if (plain > 1)
            {
                Flush(cluster, output);
                output.Write(text.Slice(at, plain - 1));
                at += plain - 1;
            }

            var codePoint = CodePoints.Decode(text, at, out var length);
            if (codePoint == CodePoints.Replacement && length == 1)
            {
                // A byte that is no UTF-8 stays what it is: a byte-level vocabulary can spell it.
                Flush(cluster, output);
                output.Write(text[at]);
            }
            else
            {
                if (EndsCluster(codePoint, cluster)) Flush(cluster, output);
                UnicodeNormalization.Decompose(codePoint, compatibility, cluster);
            }

            at += length;
        }

        Flush(cluster, output);
    }

    // A cluster may be closed before a code point whose decomposition begins with a starter, unless that starter may still
    // compose with what is there: conjoining Hangul, and a few vowel signs. It is short work to keep all non-ASCII runs whole
    // up to a plain character, so only ASCII closes a cluster for certain.
    private static bool EndsCluster(int codePoint, List<int> cluster) => codePoint < 0x80 && cluster.Count > 0;

    private void Flush(List<int> cluster, TextBuffer output)
    {
        if (cluster.Count == 0) return;
        var codePoints = CollectionsMarshal.AsSpan(cluster);
        UnicodeNormalization.Reorder(codePoints);
        if (compose) codePoints = codePoints[..UnicodeNormalization.Compose(codePoints)];
        foreach (var codePoint in codePoints) output.WriteCodePoint(codePoint);
        cluster.Clear();
    }
}
