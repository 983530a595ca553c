namespace Ashlar.Training.Schedules;

/// <summary>
/// Half a cosine from the peak to <paramref name="floor"/> (Loshchilov and Hutter 2017, SGDR, without restarts).
/// </summary>
/// <param name="steps">All steps of the run, at least 1.</param>
/// <param name="warmupSteps">Steps of the rise, 0 to <paramref name="steps"/>.</param>
/// <param name="floor">The last step's share of the peak, 0 to 1.</param>
public sealed class CosineSchedule(long steps, long warmupSteps, double floor = 0.1) : Schedule(steps, warmupSteps)
{
    private readonly double _floor = Share.Check(floor);

    /// <inheritdoc/>
    public override Schedule Over(long steps) => new CosineSchedule(steps, Scale(WarmupSteps, steps), _floor);

    private protected override double Shape(long step) =>
        _floor + ((1 - _floor) * 0.5 * (1 + Math.Cos(Math.PI * Progress(step, WarmupSteps))));
}
