using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ashlar.Training.Tests.Distributed;

/// <summary>Ranks of a group as threads of this process.</summary>
internal static class Ranks
{
    /// <summary>Runs an action for each rank, all at once, and throws what they threw.</summary>
    public static void OnThreads(int count, Action<int> act)
    {
        var errors = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                act(rank);
            }
            catch (Exception error)
            {
                errors.Enqueue(error);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (!errors.IsEmpty) throw new AggregateException(errors);
    }

    /// <summary>A port of loopback that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
