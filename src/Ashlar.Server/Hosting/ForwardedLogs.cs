using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Hosting;

/// <summary>Lets the web framework log where the server logs, without handing it the factory to dispose.</summary>
internal sealed class ForwardedLogs(ILoggerFactory factory) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => factory.CreateLogger(categoryName);

    public void Dispose()
    {
    }
}
