namespace Ashlar.Engine.Speculation;

/// <summary>How long steps take by the number of tokens that they compute, learned from those that were made.</summary>
internal sealed class StepCosts
{
    private const int Sizes = 65;
    private const double Weight = 0.2; // of a new measurement

    private readonly double[] _seconds = new double[Sizes]; // 0: not measured yet

    /// <summary>A step was made.</summary>
    /// <param name="tokens">Tokens that it computed; only small numbers are learned.</param>
    /// <param name="seconds">How long it took.</param>
    public void Learn(int tokens, double seconds)
    {
        if (tokens >= Sizes) return;
        ref var known = ref _seconds[tokens];
        // A thread that lost its core says nothing about the work: what took much longer counts little.
        if (known > 0) seconds = Math.Min(seconds, 2 * known);
        known = known == 0 ? seconds : known + Weight * (seconds - known);
    }

    /// <summary>How long a step will take, as far as it is known.</summary>
    /// <returns>Seconds; what the next smaller step took where none of the size was made, and 0 where nothing is known.</returns>
    public double Of(int tokens)
    {
        for (var size = Math.Min(tokens, Sizes - 1); size > 0; size--)
        {
            if (_seconds[size] > 0) return _seconds[size];
        }

        return 0;
    }
}
