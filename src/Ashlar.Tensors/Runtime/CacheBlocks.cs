using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// The blocks of a paged cache, across all of its tensors: a block is a run of positions, and its bytes lie together in each of
/// them, in every layout that executables use. It copies blocks, and brings their bytes out and in again.
/// </summary>
/// <remarks>
/// Nothing here waits for a run: use it between runs, from one thread. A block's bytes are those of the first tensor, then
/// those of the second, and so on. What they mean is the type of each tensor and <see cref="Executable.LayoutOf"/>: bytes may
/// be brought back, in another process too, where both are the same. docs/cache-layout.md describes the layouts; their names
/// never come to mean anything else.
/// </remarks>
public sealed unsafe class CacheBlocks
{
    private readonly (TensorData Data, int Bytes)[] _caches; // (tensors): and the bytes of a block in each

    /// <summary>Takes the tensors that a cache consists of.</summary>
    /// <param name="blockSize">Positions in a block, a multiple of 16.</param>
    /// <param name="caches">
    /// What states are bound to, such as keys and values of all layers: (rows, ...), all with equally many rows, whole blocks.
    /// </param>
    /// <exception cref="ArgumentException">The tensors have no whole blocks, or not equally many.</exception>
    public CacheBlocks(int blockSize, params ReadOnlySpan<TensorData> caches)
    {
        if (blockSize <= 0 || blockSize % CacheStore.Part != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(blockSize), blockSize, $"a block must be a multiple of {CacheStore.Part} positions");
        }

        _caches = new (TensorData, int)[caches.Length];
        for (var i = 0; i < caches.Length; i++)
        {
            var rows = caches[i].Sizes.Length == 0 ? 0 : caches[i].Sizes[0];
            if (rows % blockSize != 0 || rows == 0)
            {
                throw new ArgumentException($"{caches[i]} has no whole blocks of {blockSize} rows");
            }

            if (i > 0 && rows != caches[0].Sizes[0])
            {
                throw new ArgumentException($"{caches[i]} and {caches[0]} have not equally many rows");
            }

            _caches[i] = (caches[i], checked((int)(caches[i].Bytes / (rows / blockSize))));
            BytesOfBlock += _caches[i].Bytes;
            Count = checked((int)(rows / blockSize));
        }
    }

    /// <summary>How many blocks there are; they are numbered from 0.</summary>
    public int Count { get; }

    /// <summary>The bytes of a block, in all tensors together.</summary>
    public long BytesOfBlock { get; }

    /// <summary>Makes a block equal to another, the positions that are not filled yet included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public void Copy(int from, int to)
    {
        Check(from);
        Check(to);
        if (from == to) return;
        foreach (var (data, bytes) in _caches) Bytes(data, from, bytes).CopyTo(Bytes(data, to, bytes));
    }

    /// <summary>Brings the bytes of a block out.</summary>
    /// <param name="block">The block.</param>
    /// <param name="destination">Receives <see cref="BytesOfBlock"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    /// <exception cref="ArgumentException">There is not so much room.</exception>
    public void Export(int block, Span<byte> destination)
    {
        Check(block);
        Check(destination.Length, nameof(destination));
        foreach (var (data, bytes) in _caches)
        {
            Bytes(data, block, bytes).CopyTo(destination);
            destination = destination[bytes..];
        }
    }

    /// <summary>Brings bytes in that <see cref="Export"/> brought out.</summary>
    /// <param name="block">The block that receives them.</param>
    /// <param name="source"><see cref="BytesOfBlock"/> bytes. Any bytes are taken: whoever kept them vouches for them.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    /// <exception cref="ArgumentException">There are not so many bytes.</exception>
    public void Import(int block, ReadOnlySpan<byte> source)
    {
        Check(block);
        Check(source.Length, nameof(source));
        foreach (var (data, bytes) in _caches)
        {
            source[..bytes].CopyTo(Bytes(data, block, bytes));
            source = source[bytes..];
        }
    }

    private static Span<byte> Bytes(TensorData data, int block, int bytes) => new(data.Pointer + (long)block * bytes, bytes);

    private void Check(int block)
    {
        if ((uint)block >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(block), block, $"the cache has blocks 0 to {Count - 1}");
        }
    }

    private void Check(int length, string name)
    {
        if (length != BytesOfBlock) throw new ArgumentException($"a block has {BytesOfBlock} bytes, not {length}", name);
    }
}
