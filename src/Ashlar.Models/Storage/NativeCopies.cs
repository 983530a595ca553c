using System.Runtime.InteropServices;
using Ashlar.Models.Gguf;

namespace Ashlar.Models.Storage;

/// <summary>
/// Copies, in this machine's byte order, of tensors whose file has the other one. Each is made when first asked for, and
/// all live until the file is disposed.
/// </summary>
internal sealed unsafe class NativeCopies : IDisposable
{
    private const nuint Alignment = 64;

    private readonly Dictionary<StoredTensor, nint> _copies = [];
    private readonly Lock _lock = new();
    private bool _disposed;

    ~NativeCopies() => Free();

    public byte* Of(StoredTensor tensor, byte* stored)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_copies.TryGetValue(tensor, out var copy))
            {
                copy = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(tensor.ByteLength, 1), Alignment);
                Copy(tensor, stored, (byte*)copy);
                _copies.Add(tensor, copy);
            }

            return (byte*)copy;
        }
    }

    public void Dispose()
    {
        lock (_lock) Free();
        GC.SuppressFinalize(this);
    }

    private static void Copy(StoredTensor tensor, byte* from, byte* to)
    {
        var block = BlockByteOrder.WholeBlocks(tensor.Type, 1 << 20);
        for (var done = 0L; done < tensor.ByteLength; done += block)
        {
            var piece = new Span<byte>(to + done, (int)Math.Min(block, tensor.ByteLength - done));
            new ReadOnlySpan<byte>(from + done, piece.Length).CopyTo(piece);
            BlockByteOrder.Reverse(tensor.Type, piece);
        }
    }

    private void Free()
    {
        _disposed = true;
        foreach (var copy in _copies.Values) NativeMemory.AlignedFree((void*)copy);
        _copies.Clear();
    }
}
