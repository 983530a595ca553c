using Ashlar.Server.Catalog;

namespace Ashlar.Server.Hosting;

/// <summary>When the server is to end: because it was asked to, or because an engine has failed.</summary>
internal sealed class ServerLifetime(ModelCatalog catalog) : IDisposable
{
    private readonly CancellationTokenSource _graceEnded = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled when requests that still run must end.</summary>
    public CancellationToken GraceEnded => _graceEnded.Token;

    /// <summary>Completes when the server was asked to stop; fails when an engine has failed.</summary>
    public Task End => _end.Task;

    /// <summary>Somebody asks the server to stop.</summary>
    public void RequestStop() => _end.TrySetResult();

    /// <summary>
    /// Looks whether an engine has failed; to be called after every request. An engine fails while it runs a request, so that
    /// none fails unseen.
    /// </summary>
    public void Watch()
    {
        foreach (var model in catalog.Models)
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
