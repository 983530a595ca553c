using System.Numerics;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// What a query has seen so far: its largest score, and the sum of the exponentials of the scores less the largest.
/// </summary>
internal unsafe struct AttentionState
{
    private const int Positions = 16;

    private float _largest;

    /// <summary>F32 elements before the weighted values where a state is kept for another item.</summary>
    public const int Floats = 32;

    /// <summary>A query that has seen nothing.</summary>
    public static AttentionState Empty => new() { _largest = float.NegativeInfinity };

    /// <summary>The sum of the exponentials.</summary>
    public float Total { get; private set; }

    /// <summary>A state that was kept.</summary>
    public static AttentionState Read(float* kept) => new() { _largest = kept[0], Total = kept[Positions] };

    /// <summary>Keeps the state.</summary>
    public readonly void Write(float* kept) => (kept[0], kept[Positions]) = (_largest, Total);

    /// <summary>Takes in another state of the same query; one of nothing changes no bit.</summary>
    /// <returns>The factors by which what was gathered, and what the other one gathered, count now.</returns>
    public (float Own, float Other) Take(AttentionState other)
    {
        var largest = MathF.Max(MathF.Max(_largest, other._largest), float.MinValue);
        var (own, others) = (Exp(_largest - largest), Exp(other._largest - largest));
        (_largest, Total) = (largest, MathF.FusedMultiplyAdd(other.Total, others, Total * own));
        return (own, others);
    }

    /// <summary>Takes in a part of the positions.</summary>
    /// <param name="scores">(16) The products of query and keys; overwritten.</param>
    /// <param name="low">The first position of the part that is seen.</param>
    /// <param name="past">Past the last that is seen.</param>
    /// <param name="scale">The factor on the scores.</param>
    /// <param name="cap">Their soft cap, or 0.</param>
    /// <param name="gathered">(value size) The weighted sum of the values so far.</param>
    /// <param name="values">(16, value size) The values; those that are not seen are not read.</param>
    /// <param name="stride">Elements from value to value.</param>
    /// <param name="valueSize">Elements of a value.</param>
    public void Take(
        float* scores, int low, int past, float scale, float cap, float* gathered, float* values, long stride, int valueSize)
    {
        for (var i = 0; i < Positions; i += Vector<float>.Count)
        {
            var score = Vector.Load(scores + i) * scale;
            if (cap > 0) score = cap * Transcendental.Tanh(score / new Vector<float>(cap));
            Vector.Store(score, scores + i);
        }

        // What is not seen has a score of minus infinity, and the exponential of that is 0.
        new Span<float>(scores, low).Fill(float.NegativeInfinity);
        new Span<float>(scores + past, Positions - past).Fill(float.NegativeInfinity);
        var largest = _largest;
        for (var i = 0; i < Positions; i++) largest = MathF.Max(largest, scores[i]);
        var factor = Exp(_largest - largest);
        var exponentials = stackalloc float[Positions];
        for (var i = 0; i < Positions; i += Vector<float>.Count)
        {
            var power = Transcendental.Exp(Vector.Load(scores + i) - new Vector<float>(largest));
            Vector.Store(power, scores + i);
            Vector.Store(power, exponentials + i);
        }

        for (var half = Positions / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++) exponentials[i] += exponentials[i + half];
        }

        (_largest, Total) = (largest, Total * factor + *exponentials);
        AddValues(scores, low, past, factor, gathered, values, stride, valueSize);
    }

    /// <summary>Takes in a score without a value; what was gathered is to be multiplied by the result.</summary>
    public float TakeSink(float sink)
    {
        var largest = MathF.Max(_largest, sink);
        var factor = Exp(_largest - largest);
        (_largest, Total) = (largest, Total * factor + Exp(sink - largest));
        return factor;
    }

    private static float Exp(float x) => Transcendental.Exp(new Vector<float>(x))[0];

    private static void AddValues(
        float* weights, int low, int past, float factor, float* gathered, float* values, long stride, int valueSize)
    {
        var (count, v) = (Vector<float>.Count, 0);
        for (; v <= valueSize - 4 * count; v += 4 * count)
        {
            var sum = gathered + v;
            var (a, b) = (Vector.Load(sum) * factor, Vector.Load(sum + count) * factor);
            var (c, d) = (Vector.Load(sum + 2 * count) * factor, Vector.Load(sum + 3 * count) * factor);
            for (var j = low; j < past; j++)
            {
                var (weight, value) = (new Vector<float>(weights[j]), (nint)(values + j * stride + v));
                a = Vector.FusedMultiplyAdd(Vector.Load((float*)value), weight, a);
                b = Vector.FusedMultiplyAdd(Vector.Load((float*)value + count), weight, b);
                c = Vector.FusedMultiplyAdd(Vector.Load((float*)value + 2 * count), weight, c);
                d = Vector.FusedMultiplyAdd(Vector.Load((float*)value + 3 * count), weight, d);
            }

            Vector.Store(a, sum);
            Vector.Store(b, sum + count);
            Vector.Store(c, sum + 2 * count);
            Vector.Store(d, sum + 3 * count);
        }

        for (; v < valueSize; v++)
        {
            var sum = gathered[v] * factor;
            for (var j = low; j < past; j++) sum = MathF.FusedMultiplyAdd(values[j * stride + v], weights[j], sum);
            gathered[v] = sum;
        }
    }
}
