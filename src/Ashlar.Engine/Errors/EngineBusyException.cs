namespace Ashlar.Engine;

/// <summary>As many requests wait as may; this one was not taken. A server answers 503.</summary>
public sealed class EngineBusyException : InvalidOperationException
{
    internal EngineBusyException(int queueCapacity)
        : base($"{queueCapacity} requests are waiting already; try again later, "
            + $"or allow more with {nameof(EngineOptions)}.{nameof(EngineOptions.QueueCapacity)}") =>
        QueueCapacity = queueCapacity;

    /// <summary>Requests that may wait.</summary>
    public int QueueCapacity { get; }
}
