namespace Ashlar.Server.Infill;

/// <summary>
/// The requests of people who type: of one session there is one at a time, and the next ends the one before, whose answer nobody
/// waits for any more.
/// </summary>
internal sealed class InfillSessions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Tenant, string Session), CancellationTokenSource> _last = [];

    /// <summary>Begins a request, which ends the one that the session had.</summary>
    /// <param name="tenant">Whose session it is: those of others are others, whatever they are called.</param>
    /// <param name="session">What the caller calls it.</param>
    public Turn Begin(string tenant, string session)
    {
        var next = new CancellationTokenSource();
        CancellationTokenSource? before;
        lock (_gate)
        {
            _last.TryGetValue((tenant, session), out before);
            _last[(tenant, session)] = next;
        }

        // Outside the gate: whoever is cancelled may run on this thread, and end its own turn.
        before?.Cancel();
        return new(this, (tenant, session), next);
    }

    private void End((string Tenant, string Session) key, CancellationTokenSource source)
    {
        lock (_gate)
        {
            if (_last.TryGetValue(key, out var last) && last == source) _last.Remove(key);
        }
    }

    /// <summary>A request of a session, until it is disposed.</summary>
    public sealed class Turn(
        InfillSessions sessions, (string Tenant, string Session) key, CancellationTokenSource source) : IDisposable
    {
        /// <summary>Cancelled when the session has a newer one.</summary>
        public CancellationToken Superseded { get; } = source.Token;

        // The source itself is not disposed: a newer request may be about to cancel it. It has no timer and no handle.
        public void Dispose() => sessions.End(key, source);
    }
}
