using Ashlar.Engine;

namespace Ashlar.Server.Pages;

/// <summary>What an engine works on, asked for at most twice a second, however many clients look on.</summary>
internal sealed class SharedDescription(InferenceEngine engine, TimeProvider clock, int mostSequences, int mostRuns)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(0.5);

    private readonly Lock _gate = new();
    private Task<EngineDescription?>? _last;
    private long _asked;

    /// <summary>What the engine works on; null where it has failed or ended.</summary>
    public Task<EngineDescription?> GetAsync()
    {
        lock (_gate)
        {
            if (_last is not null && clock.GetElapsedTime(_asked) < Fresh) return _last;
            _asked = clock.GetTimestamp();
            return _last = AskAsync();
        }
    }

    private async Task<EngineDescription?> AskAsync()
    {
        try
        {
            return await engine.DescribeAsync(mostSequences, mostRuns).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EngineFailedException or ObjectDisposedException)
        {
            return null;
        }
    }
}
