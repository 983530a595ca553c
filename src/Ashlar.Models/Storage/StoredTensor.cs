using Ashlar.Models.Storage;
using Ashlar.Tensors;

namespace Ashlar.Models;

/// <summary>
/// A tensor where it lies in its mapped file. Nothing is copied, unless the file's byte order is not this machine's: then
/// the first access makes a copy in this machine's order, which the file owns. Safe for concurrent reading.
/// </summary>
public abstract unsafe class StoredTensor
{
    private readonly MappedFile _file;
    private readonly NativeCopies? _copies;
    private readonly long _offset;

    // Everything is checked before it comes here. The copies are null where the file has this machine's byte order.
    private protected StoredTensor(MappedFile file, NativeCopies? copies, long offset, string name, DType type, long[] shape)
    {
        (_file, _copies, _offset) = (file, copies, offset);
        (Name, Type, Shape) = (name, type, shape);
        ElementCount = 1;
        foreach (var size in shape) ElementCount *= size;
        ByteLength = type.ByteLength(ElementCount);
    }

    /// <summary>The name, unique in the file.</summary>
    public string Name { get; }

    /// <summary>How elements are stored.</summary>
    public DType Type { get; }

    /// <summary>Sizes in row-major order, the outermost first; empty for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes that the elements occupy.</summary>
    public long ByteLength { get; }

    /// <summary>
    /// The first byte, in this machine's byte order. Valid until the file is disposed, and only while it is referenced.
    /// In GGUF it is aligned as the file is (32 bytes unless the file says otherwise), in safetensors not necessarily.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public byte* Pointer => _copies is null ? _file.Start + _offset : _copies.Of(this, _file.Start + _offset);

    /// <summary>The elements where they lie; the owner of the file keeps them valid.</summary>
    internal TensorData Wrap(object owner) => _copies is null
        ? TensorData.WrapFile(Pointer, owner, Type, [.. Shape])
        : TensorData.Wrap(Pointer, owner, Type, [.. Shape]);

    /// <summary>All bytes. Valid until the file is disposed.</summary>
    /// <exception cref="InvalidOperationException">
    /// There are 2^31 or more; take them in pieces by <see cref="Slice"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public ReadOnlySpan<byte> Bytes => ByteLength <= int.MaxValue
        ? new ReadOnlySpan<byte>(Pointer, (int)ByteLength)
        : throw new InvalidOperationException(
            $"tensor '{Name}' has {ByteLength} bytes, more than one span holds; take them in pieces with Slice");

    /// <summary>Some of the bytes. Valid until the file is disposed.</summary>
    /// <param name="offset">The first of them, counted from the tensor's first byte.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the tensor.</exception>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteLength - length);
        return new ReadOnlySpan<byte>(Pointer + offset, length);
    }
}
