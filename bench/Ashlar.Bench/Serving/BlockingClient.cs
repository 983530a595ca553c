using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Ashlar.Bench.Serving;

/// <summary>
/// A client over one kept connection that costs as little as a client can: it blocks, keeps nothing and parses nothing but the
/// end. What its thread costs all the same is told apart from what the server costs.
/// </summary>
internal sealed class BlockingClient : IDisposable
{
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <param name="address">The server.</param>
    /// <param name="path">What is asked.</param>
    /// <param name="body">The JSON that is posted each time.</param>
    public BlockingClient(Uri address, string path, string body)
    {
        _socket.Connect(address.Host, address.Port);
        _request = Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <summary>Asks, and reads the whole answer.</summary>
    /// <returns>How many events it had; 0 of one that is no stream.</returns>
    public int Ask()
    {
        _socket.Send(_request);
        var (read, events) = (0, 0);
        while (read < _buffer.Length)
        {
            var count = _socket.Receive(_buffer.AsSpan(read));
            if (count == 0) throw new IOException("the server closed the connection");
            read += count;
            var head = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
            if (head < 0) continue;
            if (!_buffer.AsSpan().StartsWith("HTTP/1.1 200"u8)) throw new IOException(Encoding.UTF8.GetString(_buffer, 0, read));
            var length = LengthOf(_buffer.AsSpan(0, head));
            if (length < 0) return ReadChunks(head + 4, read);
            if (read == head + 4 + length) return events;
        }

        throw new IOException("the answer is larger than this client takes");
    }

    public void Dispose() => _socket.Dispose();

    // Behind the header everything is overwritten, but for the end, which may come in parts.
    private int ReadChunks(int from, int read)
    {
        var events = 0;
        var kept = _buffer.AsSpan(from, read - from);
        while (true)
        {
            events += kept.Count("data: "u8);
            if (kept.EndsWith("\r\n0\r\n\r\n"u8)) return events;
            var tail = Math.Min(kept.Length, 7);
            kept[^tail..].CopyTo(_buffer);
            var count = _socket.Receive(_buffer.AsSpan(tail));
            if (count == 0) throw new IOException("the server closed the connection");
            kept = _buffer.AsSpan(0, tail + count);
            events -= kept[..tail].Count("data: "u8);
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var start = head.IndexOf(name);
        if (start < 0) return -1;
        var value = head[(start + name.Length)..];
        var end = value.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? value : value[..end], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
