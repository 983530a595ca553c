using Microsoft.Extensions.Hosting;

namespace Ashlar.Server.Hosting;

/// <summary>Keeps the host from catching the process's signals: they are its owner's, unless it waits in the server.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
