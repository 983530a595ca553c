namespace Ashlar.Training.Schedules;

/// <summary>A part of a whole.</summary>
internal static class Share
{
    /// <summary>The value, where it lies in 0..1.</summary>
    public static double Check(double value)
    {
        if (!(value is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(value), value,
            "a share lies between 0 and 1");
        return value;
    }
}
