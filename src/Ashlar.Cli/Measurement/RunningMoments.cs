namespace Ashlar.Cli.Measurement;

/// <summary>Mean and spread of numbers that come one at a time (Welford 1962).</summary>
internal sealed class RunningMoments
{
    private double _squares;

    public long Count { get; private set; }

    public double Mean { get; private set; }

    /// <summary>The standard error of the mean; 0 for fewer than two numbers.</summary>
    public double StandardError => Count < 2 ? 0 : Math.Sqrt(_squares / (Count - 1) / Count);

    public void Add(double value)
    {
        Count++;
        var before = value - Mean;
        Mean += before / Count;
        _squares += before * (value - Mean);
    }
}
