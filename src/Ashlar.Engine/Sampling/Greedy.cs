using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Engine.Sampling;

/// <summary>The likeliest token.</summary>
internal static class Greedy
{
    private const int PositiveInfinity = 0x7F80_0000;
    private const uint NegativeInfinity = 0xFF80_0000;

    /// <summary>The token with the largest logit; of equals, the lowest id.</summary>
    /// <param name="logits">One for each token of the vocabulary; negative infinity forbids a token.</param>
    /// <exception cref="NotFiniteNumberException">
    /// A logit is not a number or positive infinity, or every token is forbidden.
    /// </exception>
    public static int Pick(ReadOnlySpan<float> logits)
    {
        // As integers, what is neither finite nor negative infinity is above the infinity of its sign.
        var most = Exponentials.Tail(logits);
        var (mostPositive, mostNegative) = (most.AsInt32(), most.AsUInt32());
        foreach (ref readonly var some in MemoryMarshal.Cast<float, Vector512<float>>(logits))
        {
            most = Vector512.MaxNative(most, some);
            mostPositive = Vector512.Max(mostPositive, some.AsInt32());
            mostNegative = Vector512.Max(mostNegative, some.AsUInt32());
        }

        if (Vector512.GreaterThanOrEqualAny(mostPositive, Vector512.Create(PositiveInfinity))
            || Vector512.GreaterThanAny(mostNegative, Vector512.Create(NegativeInfinity)))
        {
            ThrowNotFinite(logits);
        }

        var largest = float.NegativeInfinity;
        for (var i = 0; i < Vector512<float>.Count; i++) largest = MathF.Max(largest, most[i]);
        if (float.IsNegativeInfinity(largest)) ThrowNothingPossible();
        return First(logits, largest);
    }

    private static int First(ReadOnlySpan<float> logits, float wanted)
    {
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        for (var i = 0; i < whole.Length; i++)
        {
            if (Vector512.Equals(whole[i], Vector512.Create(wanted)).ExtractMostSignificantBits() is not 0 and var found)
            {
                return i * Vector512<float>.Count + BitOperations.TrailingZeroCount(found);
            }
        }

        var token = whole.Length * Vector512<float>.Count;
        while (logits[token] != wanted) token++;
        return token;
    }

    private static void ThrowNotFinite(ReadOnlySpan<float> logits)
    {
        var token = 0;
        while (logits[token] < float.PositiveInfinity) token++;
        throw new NotFiniteNumberException(
            $"the logit of token {token} is {(float.IsNaN(logits[token]) ? "not a number" : "infinite")}: "
                + "the model's weights are damaged, or too large for its number format",
            logits[token]);
    }

    private static void ThrowNothingPossible() => throw new NotFiniteNumberException(
        "every logit is negative infinity, so that no token is possible: "
            + "the model's weights are damaged, or every token was forbidden");
}
