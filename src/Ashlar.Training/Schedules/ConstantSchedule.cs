namespace Ashlar.Training.Schedules;

/// <summary>The peak rate until the end.</summary>
public sealed class ConstantSchedule(long steps, long warmupSteps) : Schedule(steps, warmupSteps)
{
    private protected override double Shape(long step) => 1;
}
