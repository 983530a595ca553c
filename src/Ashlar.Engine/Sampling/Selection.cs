using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Engine.Sampling;

/// <summary>
/// Finds which candidates come first without sorting them all: their ranks are put into buckets, and only the bucket at the
/// border is looked at more closely.
/// </summary>
internal sealed class Selection(int capacity)
{
    private const int BucketBits = 11;

    /// <summary>So few are sorted.</summary>
    private const int Few = 256;

    private readonly double[] _buckets = new double[1 << BucketBits];
    private readonly uint[] _ranks = new uint[Exponentials.RoundUp(capacity)];
    private readonly int[] _open = new int[capacity]; // places whose ranks are at the border as far as is known
    private readonly ulong[] _few = new ulong[Few];

    /// <summary>The rank of each candidate, to be written before a border is asked for: the least comes first.</summary>
    public Span<uint> Ranks => _ranks;

    /// <summary>Ranks numbers, the largest first.</summary>
    /// <param name="values">Whole vectors, without any that is not a number.</param>
    /// <param name="ranks">As many, or more.</param>
    public static void RankDescending(ReadOnlySpan<float> values, Span<uint> ranks)
    {
        var from = MemoryMarshal.Cast<float, Vector512<float>>(values);
        var to = MemoryMarshal.Cast<uint, Vector512<int>>(ranks);
        for (var i = 0; i < from.Length; i++)
        {
            // The bits of floats sort as integers once those of negative ones are inverted; adding zero makes of -0 a +0.
            var bits = (from[i] + Vector512<float>.Zero).AsInt32();
            to[i] = ~(bits ^ ((bits >> 31) | Vector512.Create(int.MinValue)));
        }
    }

    /// <summary>
    /// The last candidate, by rank and then by place, of the shortest run from the first on whose masses together reach a sum;
    /// of all where they do not.
    /// </summary>
    /// <param name="count">How many candidates there are, 1 or more.</param>
    /// <param name="masses">The mass of each; empty where each has 1.</param>
    /// <param name="wanted">What is to be reached.</param>
    public (uint Rank, int Place) Border(int count, ReadOnlySpan<float> masses, double wanted)
    {
        var (least, most) = Range(count);
        for (var i = 0; i < count; i++) _open[i] = i;
        while (count > Few && least < most)
        {
            var shift = Math.Max(0, 32 - BitOperations.LeadingZeroCount(most - least) - BucketBits);
            Fill(count, masses, least, shift);
            var (bucket, last) = (0u, (most - least) >> shift);
            for (; bucket < last && _buckets[bucket] < wanted; bucket++) wanted -= _buckets[bucket];
            count = Narrow(count, least, shift, bucket);
            if (count == 0) return (least + (bucket << shift), int.MaxValue); // an empty bucket in the end: all that are before
            least += bucket << shift;
            most = least + (uint)((1L << shift) - 1);
        }

        return least == most && count > Few ? FirstPlaces(count, masses, wanted) : FirstRanks(count, masses, wanted);
    }

    private (uint Least, uint Most) Range(int count)
    {
        var (low, high) = (Vector512<uint>.AllBitsSet, Vector512<uint>.Zero);
        var whole = MemoryMarshal.Cast<uint, Vector512<uint>>(_ranks.AsSpan(0, count));
        foreach (ref readonly var some in whole) (low, high) = (Vector512.Min(low, some), Vector512.Max(high, some));
        var (least, most) = (uint.MaxValue, 0u);
        for (var i = 0; i < Exponentials.Lanes; i++) (least, most) = (Math.Min(least, low[i]), Math.Max(most, high[i]));
        foreach (var rank in _ranks.AsSpan(whole.Length * Exponentials.Lanes, count % Exponentials.Lanes))
        {
            (least, most) = (Math.Min(least, rank), Math.Max(most, rank));
        }

        return (least, most);
    }

    private void Fill(int count, ReadOnlySpan<float> masses, uint least, int shift)
    {
        Array.Clear(_buckets);
        var (buckets, ranks) = (_buckets, _ranks);
        foreach (var place in _open.AsSpan(0, count))
        {
            buckets[(ranks[place] - least) >> shift] += masses.IsEmpty ? 1 : masses[place];
        }
    }

    private int Narrow(int count, uint least, int shift, uint bucket)
    {
        var (open, ranks, kept) = (_open, _ranks, 0);
        for (var i = 0; i < count; i++)
        {
            var place = open[i];
            open[kept] = place;
            if ((ranks[place] - least) >> shift == bucket) kept++;
        }

        return kept;
    }

    private (uint Rank, int Place) FirstRanks(int count, ReadOnlySpan<float> masses, double wanted)
    {
        var keys = _few.AsSpan(0, count);
        for (var i = 0; i < count; i++) keys[i] = ((ulong)_ranks[_open[i]] << 32) | (uint)_open[i];
        keys.Sort();
        var last = 0;
        for (var sum = 0.0; last < count - 1; last++)
        {
            sum += masses.IsEmpty ? 1 : masses[(int)(uint)keys[last]];
            if (sum >= wanted) break;
        }

        return ((uint)(keys[last] >> 32), (int)(uint)keys[last]);
    }

    private (uint Rank, int Place) FirstPlaces(int count, ReadOnlySpan<float> masses, double wanted)
    {
        var last = 0;
        for (var sum = 0.0; last < count - 1; last++)
        {
            sum += masses.IsEmpty ? 1 : masses[_open[last]];
            if (sum >= wanted) break;
        }

        return (_ranks[_open[last]], _open[last]);
    }
}
