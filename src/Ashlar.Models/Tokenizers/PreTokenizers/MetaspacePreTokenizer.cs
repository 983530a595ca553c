namespace Ashlar.Models.Tokenizers;

/// <summary>When a space mark is put before a text.</summary>
internal enum SpacePrefix
{
    /// <summary>Never.</summary>
    Never,
    /// <summary>Where the text begins the whole input.</summary>
    First,
    /// <summary>Before every stretch of text.</summary>
    Always,
}

/// <summary>Writes spaces as a mark (▁), puts one before the text, and cuts before each.</summary>
internal sealed class MetaspacePreTokenizer(byte[] mark, SpacePrefix prefix, bool split) : PreTokenizer
{
    public override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        var buffer = new TextBuffer();
        SpaceMark.Replace(text, " "u8, mark, buffer);
        if (prefix == SpacePrefix.Always || (prefix == SpacePrefix.First && atStart))
        {
            if (!buffer.Written.StartsWith(mark))
            {
                var prefixed = new TextBuffer();
                prefixed.Write(mark);
                prefixed.Write(buffer.Written);
                buffer = prefixed;
            }
        }

        var marked = buffer.Written;
        for (var start = 0; start < marked.Length;)
        {
            var length = split ? marked[(start + 1)..].IndexOf(mark) : -1;
            var end = length < 0 ? marked.Length : start + 1 + length;
            sink.Accept(marked[start..end], atStart && start == 0);
            start = end;
        }
    }
}
