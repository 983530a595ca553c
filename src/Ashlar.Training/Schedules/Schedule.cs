namespace Ashlar.Training.Schedules;

/// <summary>
/// The learning rate as a share of its peak, by the step: a linear rise over the first steps, then the shape of the schedule.
/// </summary>
public abstract class Schedule
{
    /// <summary>Checks and keeps the lengths.</summary>
    /// <param name="steps">All steps of the run, at least 1.</param>
    /// <param name="warmupSteps">Steps of the rise, 0 to <paramref name="steps"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is outside its range.</exception>
    private protected Schedule(long steps, long warmupSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(warmupSteps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(warmupSteps, steps);
        (Steps, WarmupSteps) = (steps, warmupSteps);
    }

    /// <summary>All steps of the run.</summary>
    public long Steps { get; }

    /// <summary>Steps over which the rate rises to its peak.</summary>
    public long WarmupSteps { get; }

    /// <summary>
    /// The share, 0 to 1, that belongs to a step counted from 0. The first step of a rise over w steps has 1/w, so that no step
    /// is lost on a rate of zero; steps past the end have the last one's share.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (step < WarmupSteps) return (step + 1) / (double)WarmupSteps;
        return Shape(Math.Min(step, Steps - 1));
    }

    /// <summary>The same shape over another number of steps: what is counted in steps is scaled with them.</summary>
    /// <param name="steps">All steps, at least 1.</param>
    public abstract Schedule Over(long steps);

    /// <summary>The share of a step after the rise; at most the last step.</summary>
    private protected abstract double Shape(long step);

    /// <summary>A number of steps, scaled from this schedule to one of another length.</summary>
    private protected long Scale(long count, long steps) => Math.Min(steps, (long)Math.Round((double)count * steps / Steps));

    /// <summary>How much of the way from <paramref name="first"/> to the last step is done, 0 to 1.</summary>
    private protected double Progress(long step, long first) =>
        Steps - 1 <= first ? 1 : (step - first) / (double)(Steps - 1 - first);
}
