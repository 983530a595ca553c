namespace Ashlar.Training.Schedules;

/// <summary>The peak rate until the end.</summary>
public sealed class ConstantSchedule(long steps, long warmupSteps) : Schedule(steps, warmupSteps)
{
    /// <inheritdoc/>
    public override Schedule Over(long steps) => new ConstantSchedule(steps, Scale(WarmupSteps, steps));

    private protected override double Shape(long step) => 1;
}
