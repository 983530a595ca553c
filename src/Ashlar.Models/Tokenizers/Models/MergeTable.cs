using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The ranks of merges by pair of tokens. One 64-bit word a slot: left (21 bits), right (21 bits), rank (22 bits), so that a
/// look-up touches one cache line; an empty slot is all ones.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>More merges than any published vocabulary has (under half a million).</summary>
    public const int MostMerges = 1 << 22;

    private const ulong Empty = ulong.MaxValue;
    private const int RankBits = 22;
    private readonly ulong[] _slots;
    private readonly int[] _merged;
    private int _next;

    public MergeTable(int merges)
    {
        _merged = new int[merges];
        _slots = new ulong[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges + (merges / 2)))];
        Array.Fill(_slots, Empty);
    }

    /// <summary>Whether no merge makes a token in which other text stands before a space mark.</summary>
    public bool MakesNoInnerSpaceMark(Vocabulary vocabulary)
    {
        foreach (var id in _merged.AsSpan(0, _next))
        {
            if (SpaceMark.IsInside(vocabulary[id])) return false;
        }

        return true;
    }

    /// <summary>Adds the merge with the next rank. Of two merges of one pair the first counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int left, int right, int merged)
    {
        var rank = _next++;
        _merged[rank] = merged;
        var mask = _slots.Length - 1;
        var key = Key(left, right);
        var slot = (int)SeededHash.Of(key) & mask;
        while (_slots[slot] != Empty)
        {
            if (_slots[slot] >> RankBits == key) return;
            slot = (slot + 1) & mask;
        }

        _slots[slot] = (key << RankBits) | (uint)rank;
    }

    /// <summary>The rank of a pair, or <see cref="IMergeRules.None"/>.</summary>
    public uint Rank(int left, int right)
    {
        if ((left | right) < 0) return IMergeRules.None;

        var mask = _slots.Length - 1;
        var key = Key(left, right);
        for (var slot = (int)SeededHash.Of(key) & mask; _slots[slot] != Empty; slot = (slot + 1) & mask)
        {
            if (_slots[slot] >> RankBits == key) return (uint)_slots[slot] & ((1u << RankBits) - 1);
        }

        return IMergeRules.None;
    }

    /// <summary>The token that the merge of a rank makes.</summary>
    public int Merged(int rank) => _merged[rank];

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 21) | (uint)right;
}
