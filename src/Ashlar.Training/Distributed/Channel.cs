using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ashlar.Training.Distributed;

/// <summary>
/// A connection to another process. Reads and writes block, and each direction is one thread's; closing it from any thread ends
/// them with an error.
/// </summary>
internal sealed class Channel : IDisposable
{
    private readonly Socket _socket;

    /// <param name="socket">A connected socket; the channel owns it from here on.</param>
    /// <param name="peer">The rank at the other end, for errors.</param>
    public Channel(Socket socket, int peer)
    {
        (_socket, Peer) = (socket, peer);
        socket.NoDelay = true;
    }

    /// <summary>The rank at the other end.</summary>
    public int Peer { get; }

    /// <summary>The address at the other end.</summary>
    public System.Net.IPEndPoint RemoteEndPoint => (System.Net.IPEndPoint)_socket.RemoteEndPoint!;

    /// <summary>How long a read waits before it is an error; null for ever.</summary>
    public TimeSpan? Patience
    {
        set => _socket.ReceiveTimeout = value is { } patience ? Math.Max(1, (int)patience.TotalMilliseconds) : 0;
    }

    /// <summary>Sends all bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes, SocketFlags.None)..];
    }

    /// <summary>Sends numbers, little-endian, as every process has them in its memory.</summary>
    public void Write(ReadOnlySpan<float> numbers) => Write(MemoryMarshal.AsBytes(numbers));

    /// <summary>Sends a whole number.</summary>
    public void Write(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Write(bytes);
    }

    /// <summary>Receives as many bytes as there is room for.</summary>
    /// <exception cref="EndOfStreamException">The other end has closed the connection.</exception>
    public void Read(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var received = _socket.Receive(bytes, SocketFlags.None);
            if (received == 0) throw new EndOfStreamException($"rank {Peer} has closed the connection");
            bytes = bytes[received..];
        }
    }

    /// <summary>Receives as many numbers as there is room for.</summary>
    public void Read(Span<float> numbers) => Read(MemoryMarshal.AsBytes(numbers));

    /// <summary>Receives a whole number.</summary>
    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Read(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    /// <summary>Receives bytes whose count comes first.</summary>
    /// <exception cref="InvalidDataException">There are more than allowed: this is no process of the group.</exception>
    public byte[] ReadBlock(int mostBytes)
    {
        var length = ReadInt32();
        if ((uint)length > (uint)mostBytes)
        {
            throw new InvalidDataException($"{_socket.RemoteEndPoint} does not speak as a process of a group does");
        }

        var block = new byte[length];
        Read(block);
        return block;
    }

    /// <summary>Sends bytes behind their count.</summary>
    public void WriteBlock(ReadOnlySpan<byte> block)
    {
        Write(block.Length);
        Write(block);
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _socket.Dispose();
}
