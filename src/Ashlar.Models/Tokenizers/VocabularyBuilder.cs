namespace Ashlar.Models.Tokenizers;

/// <summary>Collects tokens in the order of their ids and makes a <see cref="Vocabulary"/> of them.</summary>
internal sealed class VocabularyBuilder(int count)
{
    /// <summary>
    /// More ids than any published vocabulary has (256 Ki): what a hostile file may make us allocate is bounded by it.
    /// </summary>
    public const int MostTokens = 1 << 21;

    private readonly int[] _ends = new int[count];
    private readonly TokenKind[] _kinds = new TokenKind[count];
    private byte[] _bytes = new byte[Math.Max(256, count * 8)];
    private int _next;
    private int _used;

    /// <summary>Scores by id, where the vocabulary has them.</summary>
    public float[]? Scores { get; set; }

    /// <summary>Appends the token with the next id.</summary>
    public void Add(ReadOnlySpan<byte> bytes, TokenKind kind)
    {
        if (_used + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, _used + bytes.Length)));
        }

        bytes.CopyTo(_bytes.AsSpan(_used));
        _used += bytes.Length;
        _kinds[_next] = kind;
        _ends[_next++] = _used;
    }

    /// <summary>
    /// Appends a byte-level token: its text stands for bytes, unless it is a special token or spelled otherwise.
    /// </summary>
    public void AddByteLevel(ReadOnlySpan<byte> text, TokenKind kind)
    {
        var decoded = text.Length <= 512 ? stackalloc byte[512] : new byte[text.Length];
        if (kind is TokenKind.Normal or TokenKind.Unused && ByteLevelAlphabet.TryDecode(text, decoded, out var length))
        {
            Add(decoded[..length], kind);
        }
        else Add(text, kind);
    }

    public Vocabulary Build() => new(_bytes, _ends, _kinds, Scores);
}
