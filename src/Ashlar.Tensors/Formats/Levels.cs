using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Formats;

/// <summary>The whole numbers that a code may stand for, at most 8 bits wide: all of a range, or a table's few.</summary>
/// <remarks>All lengths here are multiples of 8, as the groups of every format are.</remarks>
internal sealed class Levels
{
    private readonly float[] _midpoints = []; // between neighbours of a table
    private readonly float[] _rises = [];     // from each value of a table to the next

    private Levels(int lowest, int highest, int count) => (Lowest, Highest, Count) = (lowest, highest, count);

    private Levels(sbyte[] ascending) : this(ascending[0], ascending[^1], ascending.Length)
    {
        _midpoints = [.. ascending.Zip(ascending.Skip(1), (low, high) => (low + high) / 2f)];
        _rises = [.. ascending.Zip(ascending.Skip(1), (low, high) => high - low)];
    }

    public int Lowest { get; }

    public int Highest { get; }

    public int Count { get; }

    /// <summary>Every whole number from <paramref name="lowest"/> to <paramref name="highest"/>.</summary>
    public static Levels Range(int lowest, int highest) => new(lowest, highest, highest - lowest + 1);

    /// <summary>The given numbers, in any order.</summary>
    public static Levels Table(ReadOnlySpan<sbyte> values) => new([.. values.ToArray().Distinct().Order()]);

    /// <summary>The level nearest to each number; numbers beyond the last level, infinite ones too, take that level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Nearest(Vector256<float> numbers)
    {
        var lowest = Vector256.Create((float)Lowest);
        if (_midpoints.Length == 0)
        {
            return Vector256.MinNative(Vector256.MaxNative(Vector256.Round(numbers), lowest), Vector256.Create((float)Highest));
        }

        var level = lowest;
        for (var i = 0; i < _midpoints.Length; i++)
        {
            level += Vector256.GreaterThan(numbers, Vector256.Create(_midpoints[i])) & Vector256.Create(_rises[i]);
        }

        return level;
    }

    /// <summary>The levels that bring <c>scale * level + offset</c> nearest to the values.</summary>
    public void Round(ReadOnlySpan<float> values, float scale, float offset, Span<sbyte> codes)
    {
        var inverse = Inverse(scale);
        for (var i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            var nearest = Nearest((Vector256.Create(values[i..]) - Vector256.Create(offset)) * inverse);
            var wide = Vector256.ConvertToInt32(nearest);
            var narrow = Vector128.Narrow(wide.GetLower(), wide.GetUpper());
            Vector128.Narrow(narrow, narrow).GetLower().CopyTo(codes[i..]);
        }
    }

    /// <summary>The sum of squares by which the values miss the nearest <c>scale * level + offset</c>.</summary>
    public float Error(ReadOnlySpan<float> values, float scale, float offset)
    {
        var inverse = Inverse(scale);
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            var above = Vector256.Create(values[i..]) - Vector256.Create(offset);
            var miss = above - scale * Nearest(above * inverse);
            sum += miss * miss;
        }

        return Vector256.Sum(sum);
    }

    /// <summary>
    /// The factor that undoes a scale; 0 for a scale of nothing, or so near it that the factor would be infinite.
    /// </summary>
    public static float Inverse(float scale) => float.IsFinite(1 / scale) ? 1 / scale : 0;
}
