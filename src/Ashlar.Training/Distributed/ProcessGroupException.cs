namespace Ashlar.Training.Distributed;

/// <summary>A process of a group has died, stalled, or does something else than the others: none of them can go on.</summary>
public sealed class ProcessGroupException : IOException
{
    /// <summary>An error with a message that names the rank where it is known.</summary>
    public ProcessGroupException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
