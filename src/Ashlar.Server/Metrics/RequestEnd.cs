namespace Ashlar.Server.Metrics;

/// <summary>How a request to the engine ended; vLLM's <c>finished_reason</c>.</summary>
internal enum RequestEnd
{
    Stop,
    Length,

    /// <summary>The client went away, or the server ended.</summary>
    Abort,

    Error,
}
