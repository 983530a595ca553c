using Ashlar.Models;

namespace Ashlar.Engine.Embeddings;

/// <summary>
/// Gathers the hidden states of a prompt into one vector. They come in the order of the positions, in pieces of any size: sums are in
/// float64 and so ordered, and do not depend on the pieces. The engine's thread fills it; its caller takes the result in the end.
/// </summary>
/// <param name="pooling">How.</param>
/// <param name="length">Tokens of the prompt.</param>
/// <param name="width">Numbers of a hidden state.</param>
internal sealed class HiddenPool(Pooling pooling, int length, int width)
{
    private readonly double[] _sum = new double[width];

    /// <summary>The first position that is wanted and has not come yet.</summary>
    public int Next { get; private set; } = pooling == Pooling.Last ? length - 1 : 0;

    /// <summary>Behind the last position that is wanted.</summary>
    public int End { get; } = pooling == Pooling.Cls ? 1 : length;

    /// <summary>Which of some positions are wanted.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="to">Behind the last.</param>
    public (int First, int Count) Wanted(int from, int to)
    {
        var first = Math.Max(from, Next);
        return (first, Math.Max(0, Math.Min(to, End) - first));
    }

    /// <summary>Takes in the next hidden states.</summary>
    /// <param name="rows">Of consecutive positions from <see cref="Next"/> on: (rows, width).</param>
    public void Add(ReadOnlySpan<float> rows)
    {
        for (; !rows.IsEmpty; rows = rows[width..], Next++)
        {
            for (var i = 0; i < width; i++) _sum[i] += rows[i];
        }
    }

    /// <summary>The vector.</summary>
    /// <param name="dimensions">How many of the first numbers.</param>
    /// <param name="normalize">Whether it gets length 1.</param>
    /// <exception cref="NotFiniteNumberException">The model computed what is no number, or what has no direction.</exception>
    public float[] Vector(int dimensions, bool normalize)
    {
        var count = pooling == Pooling.Mean ? length : 1;
        var squares = 0.0;
        for (var i = 0; i < dimensions; i++) squares += _sum[i] / count * (_sum[i] / count);
        if (!double.IsFinite(squares) || (normalize && squares == 0))
        {
            throw new NotFiniteNumberException("the model's hidden states are no numbers, or all zero; its weights may be damaged");
        }

        var scale = normalize ? 1 / Math.Sqrt(squares) : 1;
        var vector = new float[dimensions];
        for (var i = 0; i < dimensions; i++) vector[i] = (float)(_sum[i] / count * scale);
        return vector;
    }
}
