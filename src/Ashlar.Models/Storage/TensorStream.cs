using Ashlar.Models.Gguf;

namespace Ashlar.Models.Storage;

/// <summary>
/// What a supplier of tensor elements writes to: takes exactly as many bytes as the tensor has, in this machine's byte
/// order, and passes them on in the file's.
/// </summary>
internal sealed class TensorStream(Stream file, TensorToWrite tensor, bool reverse) : Stream
{
    // Bytes that wait until there are whole blocks of them, where blocks are to be reversed.
    private readonly byte[] _waiting = reverse ? new byte[BlockByteOrder.WholeBlocks(tensor.Type, 1 << 16)] : [];
    private int _waitingBytes;
    private long _taken;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _taken;
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidOperationException">More bytes than the tensor has.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > tensor.ByteLength - _taken)
        {
            throw new InvalidOperationException($"tensor '{tensor.Name}' has {tensor.ByteLength} bytes, but more were supplied");
        }

        _taken += buffer.Length;
        if (!reverse)
        {
            file.Write(buffer);
            return;
        }

        while (buffer.Length > 0)
        {
            var fits = Math.Min(buffer.Length, _waiting.Length - _waitingBytes);
            buffer[..fits].CopyTo(_waiting.AsSpan(_waitingBytes));
            buffer = buffer[fits..];
            _waitingBytes += fits;
            if (_waitingBytes == _waiting.Length) Pass();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Ends the tensor.</summary>
    /// <exception cref="InvalidOperationException">Fewer bytes were supplied than the tensor has.</exception>
    public void Complete()
    {
        if (_taken < tensor.ByteLength)
        {
            throw new InvalidOperationException(
                $"tensor '{tensor.Name}' has {tensor.ByteLength} bytes, but only {_taken} were supplied");
        }

        Pass();
    }

    public override void Flush()
    {
        // The file is flushed once, when it is whole.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Pass()
    {
        var blocks = _waiting.AsSpan(0, _waitingBytes);
        if (reverse) BlockByteOrder.Reverse(tensor.Type, blocks);
        file.Write(blocks);
        _waitingBytes = 0;
    }
}
