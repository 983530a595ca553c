namespace Ashlar.Engine;

/// <summary>A request was not done in the time that it gave itself.</summary>
public sealed class RequestTimedOutException : TimeoutException
{
    internal RequestTimedOutException(TimeSpan timeout, bool hasStarted)
        : base(FormattableString.Invariant(
            $"the request was {(hasStarted ? "not done" : "still waiting")} after its {timeout.TotalSeconds:0.###} s; ")
            + "give it more time, or send it when fewer run") =>
        Timeout = timeout;

    /// <summary>The time that it gave itself.</summary>
    public TimeSpan Timeout { get; }
}
