namespace Ashlar.Training.Schedules;

/// <summary>A straight fall from the peak to <paramref name="floor"/>.</summary>
/// <param name="steps">All steps of the run, at least 1.</param>
/// <param name="warmupSteps">Steps of the rise, 0 to <paramref name="steps"/>.</param>
/// <param name="floor">The last step's share of the peak, 0 to 1.</param>
public sealed class LinearSchedule(long steps, long warmupSteps, double floor = 0) : Schedule(steps, warmupSteps)
{
    private readonly double _floor = Share.Check(floor);

    /// <inheritdoc/>
    public override Schedule Over(long steps) => new LinearSchedule(steps, Scale(WarmupSteps, steps), _floor);

    private protected override double Shape(long step) => 1 - ((1 - _floor) * Progress(step, WarmupSteps));
}
