using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ashlar.Training.Distributed;

/// <summary>How the processes of a group find one another.</summary>
/// <remarks>
/// <list type="number">
/// <item>Every process listens on a port of its own choice. Rank 0 listens on the group's port, too.</item>
/// <item>The others connect to rank 0 and say who they are: rank, count, their port, and the fingerprint of what they are about
/// to do. Rank 0 refuses who does not belong, and says why.</item>
/// <item>When all are there, rank 0 sends everyone the addresses of all. These connections stay: heartbeats go over them.</item>
/// <item>Each process connects twice to the next one, for sums and for shares; so the ring is closed.</item>
/// </list>
/// </remarks>
internal sealed class Rendezvous
{
    private const int Greeting = 0x31524853; // "SHR1"
    private const int MostText = 4096;
    private const int Accepted = 0, Refused = 1;

    private readonly ProcessPlace _place;
    private readonly string _fingerprint;
    private readonly DateTime _deadline;
    private readonly CancellationToken _cancellation;

    private Rendezvous(ProcessPlace place, string fingerprint, TimeSpan patience, CancellationToken cancellation) =>
        (_place, _fingerprint, _deadline, _cancellation) = (place, fingerprint, DateTime.UtcNow + patience, cancellation);

    /// <summary>The connections of a process.</summary>
    /// <param name="Control">To every other rank from rank 0, to rank 0 from every other.</param>
    /// <param name="SumsIn">From the rank before.</param>
    /// <param name="SumsOut">To the rank behind.</param>
    /// <param name="SharesIn">From the rank before.</param>
    /// <param name="SharesOut">To the rank behind.</param>
    internal sealed record Connections(
        IReadOnlyList<Channel> Control, Channel SumsIn, Channel SumsOut, Channel SharesIn, Channel SharesOut);

    /// <summary>Connects a process with all others of its group, two or more.</summary>
    /// <param name="place">Which process this is.</param>
    /// <param name="fingerprint">What all must agree in, as text: they compute the same.</param>
    /// <param name="patience">How long all may take to come.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProcessGroupException">Not all came in time, or one differs; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static Connections Meet(
        ProcessPlace place, string fingerprint, TimeSpan patience, CancellationToken cancellation)
    {
        var meeting = new Rendezvous(place, fingerprint, patience, cancellation);
        var opened = new List<IDisposable>();
        try
        {
            return meeting.Connect(opened);
        }
        catch (Exception error)
        {
            foreach (var connection in opened) connection.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw error is ProcessGroupException or OperationCanceledException
                ? error
                : new ProcessGroupException(
                    $"rank {place.Rank} of {place.Count} could not join the others at {place.Host}:{place.Port}: "
                    + $"{error.Message}; check that all processes are started and that the port is free and open", error);
        }
    }

    private Connections Connect(List<IDisposable> opened)
    {
        using var own = Listen(0);
        var port = ((IPEndPoint)own.LocalEndPoint!).Port;
        var (control, addresses) = _place.Rank == 0 ? Gather(port, opened) : Report(port, opened);

        var next = (_place.Rank + 1) % _place.Count;
        var (sumsOut, sharesOut) = (Ring(next, addresses[next], 0, opened), Ring(next, addresses[next], 1, opened));
        var incoming = new Channel[2];
        var before = (_place.Rank + _place.Count - 1) % _place.Count;
        while (incoming.Any(channel => channel is null))
        {
            var channel = new Channel(Accept(own, $"rank {before} has not connected"), before);
            opened.Add(channel);
            channel.Patience = Left();
            if (channel.ReadInt32() == Greeting && channel.ReadInt32() == before && channel.ReadInt32() is var kind
                && kind is 0 or 1)
            {
                channel.Patience = null;
                incoming[kind] = channel;
            }
            else
            {
                channel.Dispose(); // a stranger on our port
            }
        }

        return new Connections(control, incoming[0], sumsOut, incoming[1], sharesOut);
    }

    // Rank 0: waits for all others, then tells them of one another.
    private (IReadOnlyList<Channel>, IPEndPoint[]) Gather(int ownPort, List<IDisposable> opened)
    {
        using var listener = Listen(_place.Port);
        var members = new Channel?[_place.Count];
        var addresses = new IPEndPoint[_place.Count];
        while (Array.IndexOf(members, null, 1) is > 0 and var missing)
        {
            var socket = Accept(listener, $"rank {missing} of {_place.Count} has not come");
            var channel = new Channel(socket, -1);
            opened.Add(channel);
            channel.Patience = TimeSpan.FromSeconds(5);
            try
            {
                if (channel.ReadInt32() != Greeting) throw new InvalidDataException("not a process of a group");
                var (rank, count, port) = (channel.ReadInt32(), channel.ReadInt32(), channel.ReadInt32());
                var fingerprint = Encoding.UTF8.GetString(channel.ReadBlock(MostText));
                if (Objection(rank, count, fingerprint, members) is { } objection)
                {
                    channel.Write(Refused);
                    channel.WriteBlock(Encoding.UTF8.GetBytes(objection));
                    channel.Dispose();
                    throw new ProcessGroupException($"rank 0 has refused a process: {objection}");
                }

                members[rank] = channel = new Channel(socket, rank);
                addresses[rank] = new IPEndPoint(channel.RemoteEndPoint.Address, port);
            }
            catch (Exception error) when (error is SocketException or EndOfStreamException or InvalidDataException)
            {
                channel.Dispose(); // a stranger, or one who comes again
            }
        }

        // The others reach rank 0 where they did; its port alone is news.
        addresses[0] = new IPEndPoint(IPAddress.IPv6Loopback, ownPort);
        var list = Encoding.UTF8.GetBytes(string.Join('\n', addresses.Select(address => address.ToString())));
        foreach (var member in members.Skip(1))
        {
            member!.Write(Accepted);
            member.WriteBlock(list);
            member.Patience = null;
        }

        return ([.. members.Skip(1).Select(member => member!)], addresses);
    }

    private string? Objection(int rank, int count, string fingerprint, Channel?[] members)
    {
        if (count != _place.Count) return $"it believes in {count} processes where rank 0 has {_place.Count}";
        if (rank < 1 || rank >= _place.Count) return $"there is no rank {rank} among {_place.Count}";
        if (members[rank] is not null) return $"there are two processes of rank {rank}";
        return fingerprint == _fingerprint
            ? null
            : $"rank {rank} is about to do something else than rank 0: '{fingerprint}' beside '{_fingerprint}'; "
                + "give all processes the same recipe, data and program";
    }

    private (IReadOnlyList<Channel>, IPEndPoint[]) Report(int ownPort, List<IDisposable> opened)
    {
        var channel = new Channel(Reach(() => new DnsEndPoint(_place.Host, _place.Port)), 0);
        opened.Add(channel);
        channel.Write(Greeting);
        channel.Write(_place.Rank);
        channel.Write(_place.Count);
        channel.Write(ownPort);
        channel.WriteBlock(Encoding.UTF8.GetBytes(_fingerprint));
        channel.Patience = Left();
        var answer = channel.ReadInt32();
        var text = Encoding.UTF8.GetString(channel.ReadBlock(MostText + 64 * _place.Count));
        if (answer == Refused) throw new ProcessGroupException($"rank 0 has refused rank {_place.Rank}: {text}");
        if (answer != Accepted) throw new InvalidDataException("what answers there is no process of a group");
        channel.Patience = null;
        var addresses = text.Split('\n').Select(IPEndPoint.Parse).ToArray();
        if (addresses.Length != _place.Count) throw new InvalidDataException("rank 0 knows another number of processes");
        addresses[0] = new IPEndPoint(channel.RemoteEndPoint.Address, addresses[0].Port);
        return ([channel], addresses);
    }

    private Channel Ring(int rank, IPEndPoint address, int kind, List<IDisposable> opened)
    {
        var channel = new Channel(Reach(() => address), rank);
        opened.Add(channel);
        channel.Write(Greeting);
        channel.Write(_place.Rank);
        channel.Write(kind);
        return channel;
    }

    // Again and again: the other may not have started yet, nor its name be known.
    private Socket Reach(Func<EndPoint> address)
    {
        while (true)
        {
            _cancellation.ThrowIfCancellationRequested();
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(address());
                return socket;
            }
            catch (SocketException) when (DateTime.UtcNow < _deadline)
            {
                socket.Dispose();
                _cancellation.WaitHandle.WaitOne(100);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private Socket Accept(Socket listener, string missing)
    {
        while (!listener.Poll(100_000, SelectMode.SelectRead))
        {
            _cancellation.ThrowIfCancellationRequested();
            if (DateTime.UtcNow >= _deadline) throw new TimeoutException(missing);
        }

        return listener.Accept();
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Who was killed leaves its port in a state in which only this allows to take it again.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            var any = socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
            socket.Bind(new IPEndPoint(any, port));
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private TimeSpan Left() => TimeSpan.FromMilliseconds(Math.Max(1, (_deadline - DateTime.UtcNow).TotalMilliseconds));
}
