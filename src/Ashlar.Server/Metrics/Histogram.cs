namespace Ashlar.Server.Metrics;

/// <summary>Counts observations by size, as Prometheus does. Safe for concurrent use; allocates nothing.</summary>
/// <param name="bounds">The upper bounds of the buckets, each included in its own, ascending; one without bound follows.</param>
internal sealed class Histogram(params double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>The sum of all observations.</summary>
    public double Sum => Volatile.Read(ref _sum);

    /// <summary>Observations in a bucket alone, not in those below it.</summary>
    public long CountOf(int bucket) => Interlocked.Read(ref _counts[bucket]);

    public void Observe(double value, int times = 1)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        Interlocked.Add(ref _counts[bucket], times);

        double before, sum = Volatile.Read(ref _sum);
        do
        {
            before = sum;
            sum = Interlocked.CompareExchange(ref _sum, before + (value * times), before);
        }
        while (sum != before);
    }
}
