using Ashlar.Engine;

namespace Ashlar.Server.Hosting;

/// <summary>When the server is to end: because it was asked to, or because an engine has failed.</summary>
internal sealed class ServerLifetime : IDisposable
{
    private readonly CancellationTokenSource _graceEnded = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled when requests that still run must end.</summary>
    public CancellationToken GraceEnded => _graceEnded.Token;

    /// <summary>Completes when the server was asked to stop; fails with an engine's failure.</summary>
    public Task End => _end.Task;

    /// <summary>Somebody asks the server to stop.</summary>
    public void RequestStop() => _end.TrySetResult();

    /// <summary>Looks whether what a request has met is the end of an engine.</summary>
    public void Watch(Exception exception)
    {
        if (exception is EngineFailedException) _end.TrySetException(exception);
    }

    /// <summary>Ends the requests that still run.</summary>
    public void EndGrace() => _graceEnded.Cancel();

    public void Dispose() => _graceEnded.Dispose();
}
