namespace Ashlar.Tensors.Passes;

/// <summary>Places for values that live for some levels of a plan: values whose lives meet do not overlap.</summary>
internal static class MemoryPlan
{
    private const long Alignment = 64;

    /// <summary>Chooses the offset of each value; larger ones first, each as low as it fits.</summary>
    /// <param name="values">The values.</param>
    /// <param name="bytes">The size of each.</param>
    /// <param name="offsets">Receives the offset of each.</param>
    /// <returns>The bytes that all of them need together.</returns>
    public static long Place(ReadOnlySpan<Value> values, ReadOnlySpan<long> bytes, Span<long> offsets)
    {
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var sizes = bytes.ToArray();
        Array.Sort(order, (a, b) => sizes[b] != sizes[a] ? sizes[b].CompareTo(sizes[a]) : a.CompareTo(b));

        var placed = new List<(long Start, long End, Value Value)>(); // by start
        long total = 0;
        foreach (var i in order)
        {
            long at = 0;
            var size = (sizes[i] + Alignment - 1) / Alignment * Alignment;
            foreach (var (start, end, other) in placed)
            {
                if (!Meet(values[i], other)) continue;
                if (at + size <= start) break;
                at = Math.Max(at, end);
            }

            offsets[i] = at;
            total = Math.Max(total, at + size);
            var place = placed.FindIndex(entry => entry.Start > at);
            placed.Insert(place < 0 ? placed.Count : place, (at, at + size, values[i]));
        }

        return total;
    }

    private static bool Meet(Value a, Value b) => a.FirstLevel <= b.LastLevel && b.FirstLevel <= a.LastLevel;
}
