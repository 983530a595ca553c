namespace Ashlar.Training;

/// <summary>Training cannot go on: a loss or a gradient is no finite number.</summary>
public sealed class TrainingException : ArithmeticException
{
    /// <summary>An error with a message that names the step, the tensor and the mend.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }
}
