using System.Collections.Concurrent;
using Ashlar.Testing;
using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Tests.Hosting;

/// <summary>Keeps what a server logs.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _lines.Enqueue(formatter(state, exception));
    }

    public void Dispose()
    {
    }

    /// <summary>The first line that holds this text, as soon as there is one.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        string? found = null;
        await Eventually.HoldsAsync(
            () => (found = _lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))) is not null,
            what: $"a line with '{text}'");
        return found!;
    }
}
