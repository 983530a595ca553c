namespace Ashlar.Tensors.Tests.X64;

/// <summary>Compares numbers to the bit.</summary>
internal static class SameBits
{
    /// <summary>Checks that numbers are the first of those that are expected.</summary>
    public static void Assert(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string where)
    {
        for (var i = 0; i < actual.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])) continue;
            Xunit.Assert.Fail($"{where}: element {i} is {actual[i]}, not {expected[i]}");
        }
    }
}
