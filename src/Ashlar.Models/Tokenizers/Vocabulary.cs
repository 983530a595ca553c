using System.Runtime.CompilerServices;
using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The tokens of a model by id: their bytes as the model matches them (a byte-level token is its raw bytes), what they are,
/// and their scores. Immutable once built; see <see cref="VocabularyBuilder"/>.
/// </summary>
internal sealed class Vocabulary
{
    private readonly byte[] _bytes;
    private readonly int[] _ends; // where each token's bytes end
    private readonly TokenKind[] _kinds;
    private readonly float[]? _scores;
    private readonly int[] _slots; // open addressing: id + 1, 0 where empty

    // Compiled at full strength at once: the loop is run but once, and long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal Vocabulary(byte[] bytes, int[] ends, TokenKind[] kinds, float[]? scores)
    {
        (_bytes, _ends, _kinds, _scores) = (bytes, ends, kinds, scores);
        _slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, ends.Length * 2))];
        // Of two tokens alike the first is found, and one of the model's own before an added one.
        for (var id = 0; id < Count; id++)
        {
            if (kinds[id] is TokenKind.Normal or TokenKind.Byte or TokenKind.Unused && this[id].Length > 0) Insert(id);
        }

        for (var id = 0; id < Count; id++)
        {
            if (kinds[id] == TokenKind.UserDefined && this[id].Length > 0) Insert(id);
        }
    }

    /// <summary>How many ids there are; ids that no token has count too.</summary>
    public int Count => _ends.Length;

    /// <summary>The length in bytes of the longest token that text can match.</summary>
    public int LongestMatch { get; private set; }

    /// <summary>The bytes of a token; empty where the id has none.</summary>
    public ReadOnlySpan<byte> this[int id]
    {
        get
        {
            var start = id == 0 ? 0 : _ends[id - 1];
            return _bytes.AsSpan(start, _ends[id] - start);
        }
    }

    /// <summary>What a token is.</summary>
    public TokenKind KindOf(int id) => _kinds[id];

    /// <summary>The score of a token; 0 where the vocabulary has none.</summary>
    public float ScoreOf(int id) => _scores is null ? 0 : _scores[id];

    /// <summary>
    /// Finds the token with these bytes among those that plain text may match: control tokens are none of them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ReadOnlySpan<byte> bytes, out int id)
    {
        if (bytes.Length <= LongestMatch)
        {
            var mask = _slots.Length - 1;
            for (var slot = (int)SeededHash.Of(bytes) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
            {
                id = _slots[slot] - 1;
                if (this[id].SequenceEqual(bytes)) return true;
            }
        }

        id = -1;
        return false;
    }

    /// <summary>Finds a token of any kind by its text; slow, for the few look-ups by name while loading.</summary>
    public int? FindByText(ReadOnlySpan<byte> text)
    {
        if (TryFind(text, out var found)) return found;
        for (var id = 0; id < Count; id++)
        {
            if (this[id].SequenceEqual(text) && text.Length > 0) return id;
        }

        return null;
    }

    /// <summary>
    /// The tokens of the 256 bytes of a byte-level vocabulary, -1 for a byte that has none. Bytes that valid UTF-8 never has may
    /// be added tokens, spelled in the alphabet of bytes (DeepSeek).
    /// </summary>
    public int[] FindSingleBytes()
    {
        var ids = new int[256];
        for (var i = 0; i < 256; i++)
        {
            if (!TryFind([(byte)i], out ids[i]))
            {
                TryFind(Encoding.UTF8.GetBytes([ByteLevelAlphabet.CharacterOf((byte)i)]), out ids[i]);
            }
        }

        return ids;
    }

    /// <summary>Whether no token that text can match joins other text with a space mark behind it.</summary>
    public bool HasNoInnerSpaceMark()
    {
        for (var id = 0; id < Count; id++)
        {
            if (_kinds[id] is not (TokenKind.Control or TokenKind.Unknown) && SpaceMark.IsInside(this[id])) return false;
        }

        return true;
    }

    /// <summary>
    /// The ids of the 256 byte tokens &lt;0x00&gt; ... &lt;0xFF&gt;, or null where the vocabulary lacks one of them.
    /// </summary>
    public int[]? FindByteTokens()
    {
        var ids = new int[256];
        for (var i = 0; i < 256; i++)
        {
            if (!TryFind(Encoding.ASCII.GetBytes($"<0x{i:X2}>"), out ids[i])) return null;
        }

        return ids;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Insert(int id)
    {
        var mask = _slots.Length - 1;
        var slot = (int)SeededHash.Of(this[id]) & mask;
        while (_slots[slot] != 0)
        {
            if (this[_slots[slot] - 1].SequenceEqual(this[id])) return;
            slot = (slot + 1) & mask;
        }

        _slots[slot] = id + 1;
        LongestMatch = Math.Max(LongestMatch, this[id].Length);
    }
}
