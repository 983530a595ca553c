namespace Ashlar.Models.Tokenizers;

/// <summary>A growing run of UTF-8 that is used again and again.</summary>
internal sealed class TextBuffer
{
    private byte[] _bytes = new byte[256];

    /// <summary>How many bytes it holds.</summary>
    public int Length { get; private set; }

    /// <summary>What it holds; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Forgets everything, or everything past a length.</summary>
    public void Clear(int keep = 0) => Length = keep;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Write(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    /// <summary>Writes a code point in UTF-8.</summary>
    public void WriteCodePoint(int codePoint)
    {
        Reserve(4);
        Length += new System.Text.Rune(codePoint).EncodeToUtf8(_bytes.AsSpan(Length));
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Length < more) Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, Length + more)));
    }
}
