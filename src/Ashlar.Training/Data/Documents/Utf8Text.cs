using System.Text;
using System.Text.Unicode;

namespace Ashlar.Training.Data.Documents;

/// <summary>Text files as bytes that are known to be UTF-8.</summary>
internal static class Utf8Text
{
    private const int MostBytes = 1 << 30;

    /// <summary>The bytes of a file, without a byte order mark.</summary>
    /// <exception cref="InvalidDataException">It is empty, too large, or no UTF-8; the message names file and line.</exception>
    public static ReadOnlyMemory<byte> Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MostBytes)
        {
            throw new InvalidDataException($"'{path}' has more than {MostBytes >> 20} MiB; split it into several files");
        }

        var bytes = File.ReadAllBytes(path);
        ReadOnlyMemory<byte> text = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsMemory(3) : bytes;
        if (text.Span.Trim(" \t\r\n"u8).IsEmpty) throw new InvalidDataException($"'{path}' holds no text");
        if (!Utf8.IsValid(text.Span))
        {
            throw SampleError.At(path, LineOfFirstInvalid(text.Span), "the text is not UTF-8; convert the file");
        }

        return text;
    }

    private static long LineOfFirstInvalid(ReadOnlySpan<byte> text)
    {
        var line = 1L;
        for (var rest = text; !rest.IsEmpty; line++)
        {
            var end = rest.IndexOf((byte)'\n');
            if (!Utf8.IsValid(end < 0 ? rest : rest[..end])) return line;
            if (end < 0) break;
            rest = rest[(end + 1)..];
        }

        return line;
    }
}
