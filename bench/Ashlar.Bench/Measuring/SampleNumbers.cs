namespace Ashlar.Bench.Measuring;

/// <summary>Numbers for measurements, the same in every run.</summary>
internal static class SampleNumbers
{
    /// <summary>Numbers of the standard normal distribution.</summary>
    public static float[] Normal(int count, int seed)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        for (var i = 0; i < count; i += 2)
        {
            // Box and Muller: two at a time.
            var length = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            numbers[i] = (float)(length * cosine);
            if (i + 1 < count) numbers[i + 1] = (float)(length * sine);
        }

        return numbers;
    }
}
