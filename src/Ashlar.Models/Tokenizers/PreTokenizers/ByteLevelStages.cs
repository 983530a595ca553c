using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>Puts a space before a piece that has none.</summary>
internal sealed class SpacePrefixer : PreTokenizer
{
    public override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        if (text.IsEmpty || text[0] == ' ')
        {
            sink.Accept(text, atStart);
            return;
        }

        var buffer = new TextBuffer();
        buffer.Write((byte)' ');
        buffer.Write(text);
        sink.Accept(buffer.Written, atStart);
    }
}

/// <summary>
/// Writes each byte as a character of the byte-level alphabet: for pre-tokenizers that come after it and see those.
/// </summary>
internal sealed class ByteLevelWriter : PreTokenizer
{
    public override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        var buffer = new TextBuffer();
        foreach (var value in text) buffer.WriteCodePoint(ByteLevelAlphabet.CharacterOf(value));
        sink.Accept(buffer.Written, atStart);
    }
}

/// <summary>Turns what <see cref="ByteLevelWriter"/> wrote back into bytes.</summary>
internal sealed class ByteLevelRestorer : PreTokenizer
{
    public override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        var buffer = new byte[text.Length];
        if (!ByteLevelAlphabet.TryDecode(text, buffer, out var count))
        {
            throw new InvalidDataException(
                $"tokenizer.json: a pre-tokenizer behind ByteLevel made '{Printable.Name(Encoding.UTF8.GetString(text))}', "
                + "which is not byte-level; use another tokenizer");
        }

        sink.Accept(buffer.AsSpan(0, count), atStart);
    }
}
