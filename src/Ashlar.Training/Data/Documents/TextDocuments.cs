using System.Text;

namespace Ashlar.Training.Data.Documents;

/// <summary>
/// Cuts a text into documents: at a separator, or where none is given, into long pieces that end with a paragraph and go on
/// from one another.
/// </summary>
internal static class TextDocuments
{
    private const int PieceBytes = 1 << 14;

    /// <summary>The documents' bytes, in the order of the file; those of white space alone are left out.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="separator">What stands between two documents and belongs to neither; null for none.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> text, string? separator)
    {
        var mark = separator is null ? "\n\n"u8.ToArray() : Encoding.UTF8.GetBytes(separator);
        while (!text.IsEmpty)
        {
            var skipped = separator is null ? Math.Min(PieceBytes, text.Length) : 0;
            var end = text.Span[skipped..].IndexOf(mark);
            var length = end < 0 ? text.Length : skipped + end + (separator is null ? mark.Length : 0);
            if (!text.Span[..length].Trim(" \t\r\n"u8).IsEmpty) yield return text[..length];
            text = text[(end < 0 || separator is null ? length : length + mark.Length)..];
        }
    }
}
