namespace Ashlar.Training.Data.Packing;

/// <summary>
/// A batch of packed rows: (rows * length) elements in each array. Documents lie one behind the other; each has a segment number
/// of its own, positions from 0, and sees nothing of the others.
/// </summary>
internal sealed class PackedRows
{
    public PackedRows(int rows, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        (Rows, Length) = (rows, length);
        (Tokens, Positions, Segments, Targets) =
            (new int[rows * length], new int[rows * length], new int[rows * length], new int[rows * length]);
        Weights = new float[rows * length];
    }

    public int Rows { get; }

    public int Length { get; }

    /// <summary>The ids; 0 where nothing lies.</summary>
    public int[] Tokens { get; }

    /// <summary>The place of each token in its document's part.</summary>
    public int[] Positions { get; }

    /// <summary>Which document of its row a token belongs to, from 1; 0 where nothing lies.</summary>
    public int[] Segments { get; }

    /// <summary>The token that follows each.</summary>
    public int[] Targets { get; }

    /// <summary>How much it counts that the target is predicted; 0 for not at all.</summary>
    public float[] Weights { get; }

    /// <summary>The sum of the weights.</summary>
    public double Weight
    {
        get
        {
            var sum = 0.0;
            foreach (var weight in Weights) sum += weight;
            return sum;
        }
    }

    public void Clear()
    {
        foreach (var array in (int[][])[Tokens, Positions, Segments, Targets]) Array.Clear(array);
        Array.Clear(Weights);
    }
}
