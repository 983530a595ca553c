using System.Net.Sockets;
using System.Text;

namespace Ashlar.Training.Distributed;

/// <summary>
/// Tells the processes of a group within seconds that one of them has died or stands still. Rank 0 hears from all others and
/// they from it; what it learns of one it tells the rest.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private const int Beat = 0, Failure = 1, Goodbye = 2;
    private const int MostText = 4096;

    private readonly IReadOnlyList<Channel> _control;
    private readonly int _rank;
    private readonly Action<string> _failed;
    private readonly TimeSpan _patience;
    private readonly ManualResetEventSlim _end = new();
    private readonly Lock _writing = new();
    private readonly List<Thread> _threads = [];
    private int _hasFailed;

    /// <summary>Begins to send and to listen.</summary>
    /// <param name="control">The connections; the group closes them.</param>
    /// <param name="rank">The rank of this process.</param>
    /// <param name="patience">How long a process may be silent.</param>
    /// <param name="failed">Told once, on a thread of the heartbeat's, what has happened; the text names the rank.</param>
    public Heartbeat(IReadOnlyList<Channel> control, int rank, TimeSpan patience, Action<string> failed)
    {
        (_control, _rank, _patience, _failed) = (control, rank, patience, failed);
        foreach (var channel in control)
        {
            channel.Patience = patience;
            _threads.Add(new Thread(() => Listen(channel)));
        }

        _threads.Add(new Thread(Send));
        foreach (var thread in _threads)
        {
            (thread.IsBackground, thread.Name) = (true, "process group heartbeat");
            thread.Start();
        }
    }

    /// <summary>Tells the others that this process can go on no more, or has learned that another cannot.</summary>
    public void Report(string reason)
    {
        if (Interlocked.Exchange(ref _hasFailed, 1) != 0) return;
        var text = Encoding.UTF8.GetBytes(reason);
        foreach (var channel in _control)
        {
            TryWrite(channel, () =>
            {
                channel.Write(Failure);
                channel.WriteBlock(text.AsSpan(0, Math.Min(text.Length, MostText)));
            });
        }
    }

    /// <summary>Takes leave of the others and stops. The connections must be closed after.</summary>
    public void Dispose()
    {
        _end.Set();
        foreach (var channel in _control) TryWrite(channel, () => channel.Write(Goodbye));
    }

    private void Send()
    {
        var interval = _patience / 5;
        while (!_end.Wait(interval))
        {
            foreach (var channel in _control) TryWrite(channel, () => channel.Write(Beat));
        }
    }

    private void Listen(Channel channel)
    {
        try
        {
            while (true)
            {
                switch (channel.ReadInt32())
                {
                    case Beat: continue;
                    case Goodbye: return;
                    case Failure:
                        Fail(Encoding.UTF8.GetString(channel.ReadBlock(MostText)));
                        return;
                    default: throw new InvalidDataException($"rank {channel.Peer} speaks another language");
                }
            }
        }
        catch (Exception error) when (
            error is IOException or SocketException or ObjectDisposedException or InvalidDataException)
        {
            if (_end.IsSet) return;
            var isSilent = error is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock };
            Fail(isSilent
                ? $"rank {channel.Peer} has been silent for {_patience.TotalSeconds:0.#} seconds: it stands still, or cannot be reached"
                : $"rank {channel.Peer} has ended without taking leave: {error.Message}");
        }
    }

    private void Fail(string reason)
    {
        if (_end.IsSet) return;
        if (_rank == 0) Report(reason);
        _failed(reason);
    }

    private void TryWrite(Channel channel, Action write)
    {
        try
        {
            // Beats and failures must not be mixed. Somebody who reads no more has a buffer that takes hours of beats.
            lock (_writing) write();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Its listener has noticed.
        }
    }
}
