using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Engine.Sampling;

/// <summary>
/// Exponentials of logits and their sums, with the same bits on every processor: a draw depends on the logits alone.
/// <list type="bullet">
/// <item>An exponential is made of rounded multiplications and additions in a written order, none of them fused.</item>
/// <item>A sum has sixteen lanes in float64; lane i adds the elements i, i + 16, i + 32 and so on in their order, and in the
/// end the upper half of the lanes is added to the lower one until one is left. How many lanes the processor adds at once is
/// not seen in it.</item>
/// </list>
/// </summary>
internal static class Exponentials
{
    /// <summary>How many numbers are worked on at once.</summary>
    public const int Lanes = 16;

    /// <summary>What is less has an exponential that is no normal number: 0.</summary>
    private const float Least = -87.3f;

    /// <summary>As many numbers as make whole vectors.</summary>
    public static int RoundUp(int count) => (count + Lanes - 1) / Lanes * Lanes;

    /// <summary>exp((logit - largest) * scale) of each logit; within 3e-7 of it, and 0 where that is below 1e-38.</summary>
    /// <param name="logits">Whole vectors; none larger than <paramref name="largest"/>, some perhaps negative infinity.</param>
    /// <param name="largest">A finite number.</param>
    /// <param name="scale">A positive finite number.</param>
    /// <param name="weights">As many.</param>
    public static void Weigh(ReadOnlySpan<float> logits, float largest, float scale, Span<float> weights)
    {
        var from = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        var to = MemoryMarshal.Cast<float, Vector512<float>>(weights);
        var (origin, factor) = (Vector512.Create(largest), Vector512.Create(scale));
        for (var i = 0; i < from.Length; i++) to[i] = OfNegative((from[i] - origin) * factor);
    }

    /// <summary>The sum of numbers, in the order above.</summary>
    /// <param name="values">Whole vectors.</param>
    public static double Sum(ReadOnlySpan<float> values)
    {
        var sum = default(LaneSums);
        foreach (ref readonly var some in MemoryMarshal.Cast<float, Vector512<float>>(values)) sum.Add(some);
        return sum.Total;
    }

    /// <summary>The sum of all weights times their logarithms: of weight * ((logit - largest) * scale).</summary>
    public static double SumOfLogarithms(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> logits, float largest, float scale)
    {
        var sum = default(LaneSums);
        var factors = MemoryMarshal.Cast<float, Vector512<float>>(weights);
        var numbers = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        var (origin, factor) = (Vector512.Create(largest), Vector512.Create(scale));
        for (var i = 0; i < factors.Length; i++) sum.Add(factors[i] * Bound((numbers[i] - origin) * factor));
        return sum.Total;
    }

    /// <summary>The logarithm of the sum of the exponentials.</summary>
    /// <param name="logits">Any number of them, at least one of which is finite.</param>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        var largest = Largest(logits);
        var origin = Vector512.Create(largest);
        var sum = default(LaneSums);
        foreach (ref readonly var some in MemoryMarshal.Cast<float, Vector512<float>>(logits)) sum.Add(OfNegative(some - origin));
        if (logits.Length % Lanes != 0) sum.Add(OfNegative(Tail(logits) - origin));
        return largest + Math.Log(sum.Total);
    }

    /// <summary>The largest of some numbers, none of which is not a number.</summary>
    public static float Largest(ReadOnlySpan<float> values)
    {
        var most = Tail(values);
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(values);
        foreach (ref readonly var some in whole) most = Vector512.MaxNative(most, some);
        var largest = float.NegativeInfinity;
        for (var i = 0; i < Lanes; i++) largest = MathF.Max(largest, most[i]);
        return largest;
    }

    /// <summary>The numbers behind the last whole vector, and negative infinity behind them.</summary>
    public static Vector512<float> Tail(ReadOnlySpan<float> values)
    {
        Span<float> lanes = stackalloc float[Lanes];
        lanes.Fill(float.NegativeInfinity);
        values[(values.Length / Lanes * Lanes)..].CopyTo(lanes);
        return Vector512.Create<float>(lanes);
    }

    /// <summary>The numbers, none of which is positive; those whose exponential is 0 anyhow are not infinite.</summary>
    public static Vector512<float> Bound(Vector512<float> numbers) => Vector512.MaxNative(numbers, Vector512.Create(2 * Least));

    // 2^n * exp(rest), with x = n * log 2 + rest and |rest| <= log(2) / 2, where seven terms of the series are enough.
    private static Vector512<float> OfNegative(Vector512<float> x)
    {
        const float LogOf2 = 0.693359375f, RestOfLog = -2.12194440e-4f; // the first so short that n times it is exact
        const float ToWhole = 1.5f * (1 << 23); // adding it rounds to a whole number, which then is in the lowest bits
        var normal = Vector512.GreaterThanOrEqual(x, Vector512.Create(Least));
        x = Bound(x);
        var shifted = x * Vector512.Create(1.44269504f) + Vector512.Create(ToWhole);
        var n = shifted - Vector512.Create(ToWhole);
        var rest = x - n * Vector512.Create(LogOf2) - n * Vector512.Create(RestOfLog);
        var sum = Vector512.Create(1 / 5040f);
        sum = sum * rest + Vector512.Create(1 / 720f);
        sum = sum * rest + Vector512.Create(1 / 120f);
        sum = sum * rest + Vector512.Create(1 / 24f);
        sum = sum * rest + Vector512.Create(1 / 6f);
        sum = sum * rest + Vector512.Create(0.5f);
        sum = sum * rest + Vector512<float>.One;
        sum = sum * rest + Vector512<float>.One;
        var power = Vector512.ShiftLeft(shifted.AsInt32() + Vector512.Create(127), 23).AsSingle();
        return Vector512.ConditionalSelect(normal, sum * power, Vector512<float>.Zero);
    }

    /// <summary>Sixteen sums.</summary>
    private struct LaneSums
    {
        private Vector512<double> _lower, _upper;

        public readonly double Total
        {
            get
            {
                var eight = _lower + _upper;
                var four = eight.GetLower() + eight.GetUpper();
                var two = four.GetLower() + four.GetUpper();
                return two[0] + two[1];
            }
        }

        public void Add(Vector512<float> values)
        {
            var (lower, upper) = Vector512.Widen(values);
            _lower += lower;
            _upper += upper;
        }
    }
}
