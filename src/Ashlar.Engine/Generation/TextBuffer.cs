namespace Ashlar.Engine;

/// <summary>Characters that are kept for a while; its memory is used again and again.</summary>
internal sealed class TextBuffer
{
    private char[] _characters = new char[256];

    public int Length { get; private set; }

    public ReadOnlySpan<char> Text => _characters.AsSpan(0, Length);

    public void Append(ReadOnlySpan<char> text)
    {
        var needed = Length + text.Length;
        if (needed > _characters.Length) Array.Resize(ref _characters, Math.Max(needed, 2 * _characters.Length));
        text.CopyTo(_characters.AsSpan(Length));
        Length = needed;
    }

    public void Clear() => Length = 0;
}
