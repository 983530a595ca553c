namespace Ashlar.Training.Schedules;

/// <summary>
/// Warm-up, stable, decay (WSD; Hu and others 2024, MiniCPM): the peak until the last steps, then a straight fall to
/// <paramref name="floor"/>. A run can be lengthened by resuming from any checkpoint of the stable part.
/// </summary>
/// <param name="steps">All steps of the run, at least 1.</param>
/// <param name="warmupSteps">Steps of the rise, 0 to <paramref name="steps"/>.</param>
/// <param name="decaySteps">Steps of the fall at the end, 0 to what the rise leaves.</param>
/// <param name="floor">The last step's share of the peak, 0 to 1.</param>
public sealed class StableSchedule(long steps, long warmupSteps, long decaySteps, double floor = 0)
    : Schedule(steps, warmupSteps)
{
    private readonly long _firstOfDecay = steps - CheckDecay(steps, warmupSteps, decaySteps);
    private readonly double _floor = Share.Check(floor);

    /// <inheritdoc/>
    public override Schedule Over(long steps)
    {
        var warmup = Scale(WarmupSteps, steps);
        return new StableSchedule(steps, warmup, Math.Min(steps - warmup, Scale(Steps - _firstOfDecay, steps)), _floor);
    }

    private protected override double Shape(long step) =>
        step < _firstOfDecay ? 1 : 1 - ((1 - _floor) * Progress(step, _firstOfDecay - 1));

    private static long CheckDecay(long steps, long warmupSteps, long decaySteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decaySteps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decaySteps, steps - warmupSteps);
        return decaySteps;
    }
}
