using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The ids of short words met before. Each slot is one cache line, key and ids; a new word takes the slot of the old one, so
/// the cache never grows. Keys are compared whole: a hit is never wrong.
/// </summary>
internal sealed class WordCache
{
    private const int MostBytes = 31;
    private const int MostIds = 7;
    private const int Slots = 1 << 15;
    private Slot[]? _slots;

    /// <summary>
    /// Appends the ids of a word met before; false where it is new or too long. The key serves <see cref="Add"/>.
    /// </summary>
    public bool TryAppend(ReadOnlySpan<byte> word, List<int> ids, out Key key)
    {
        key = default;
        if (word.Length is 0 or > MostBytes) return false;

        Vector256<byte> bytes = default;
        var span = MemoryMarshal.CreateSpan(ref Unsafe.As<Vector256<byte>, byte>(ref bytes), 32);
        word.CopyTo(span);
        span[MostBytes] = (byte)word.Length;
        var parts = bytes.AsUInt64();
        var hash = SeededHash.Of(
            parts[0] ^ (parts[1] * 0x9FB2_1C65_1E98_DF25) ^ (parts[2] * 0xC2B2_AE3D_27D4_EB4F)
            ^ (parts[3] * 0x1656_67B1_9E37_79F9));
        key = new Key(bytes, (int)hash & (Slots - 1));

        ref var slot = ref (_slots ??= new Slot[Slots])[key.Index];
        if (slot.Bytes != bytes) return false;
        ids.AddRange(((ReadOnlySpan<int>)slot.Ids)[..slot.Count]);
        return true;
    }

    /// <summary>Remembers the ids of the word that <paramref name="key"/> was made of.</summary>
    public void Add(in Key key, ReadOnlySpan<int> ids)
    {
        if (key.Bytes == default || ids.Length > MostIds) return;
        ref var slot = ref _slots![key.Index];
        slot.Bytes = key.Bytes;
        slot.Count = ids.Length;
        ids.CopyTo(slot.Ids);
    }

    /// <summary>A word of at most 31 bytes, its length in the last byte, and its slot; empty for a longer word.</summary>
    public readonly record struct Key(Vector256<byte> Bytes, int Index);

    private struct Slot
    {
        public Vector256<byte> Bytes;
        public int Count;
        public IdArray Ids;
    }

    [InlineArray(MostIds)]
    private struct IdArray
    {
        private int _first;
    }
}
