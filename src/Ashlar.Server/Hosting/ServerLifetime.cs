using Ashlar.Server.Catalog;

namespace Ashlar.Server.Hosting;

/// <summary>
/// When the server is to end: because it was asked to, or because an engine has failed. Before it ends, it drains: it lets the
/// requests that run go on, and takes no others.
/// </summary>
internal sealed class ServerLifetime(ModelCatalog catalog) : IDisposable
{
    private readonly CancellationTokenSource _graceEnded = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _running;
    private volatile bool _isDraining;

    /// <summary>Cancelled when requests that still run must end.</summary>
    public CancellationToken GraceEnded => _graceEnded.Token;

    /// <summary>Completes when the server was asked to stop; fails when an engine has failed.</summary>
    public Task End => _end.Task;

    /// <summary>Whether no more requests are taken.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Somebody asks the server to stop.</summary>
    public void RequestStop() => _end.TrySetResult();

    /// <summary>A request begins.</summary>
    public void Enter()
    {
        lock (_gate) _running++;
    }

    /// <summary>A request that had entered has ended.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _running--;
            if (_isDraining && _running == 0) _drained.TrySetResult();
        }
    }

    /// <summary>Takes no more requests; completes when the last has ended.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _isDraining = true;
            if (_running == 0) _drained.TrySetResult();
        }

        return _drained.Task;
    }

    /// <summary>
    /// Looks whether an engine has failed; to be called after every request. An engine fails while it runs a request, so that
    /// none fails unseen.
    /// </summary>
    public void Watch()
    {
        foreach (var model in catalog.Loaded)
        {
            if (model.Failure is not { } failure) continue;
            _end.TrySetException(new InvalidOperationException(failure.Message, model.Engine.Failure));
        }
    }

    /// <summary>Ends the requests that still run.</summary>
    public void EndGrace() => _graceEnded.Cancel();

    public void Dispose()
    {
        _ = _end.Task.Exception; // nobody need have waited for it
        _graceEnded.Dispose();
    }
}
