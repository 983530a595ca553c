using System.Numerics;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Memory for the values of a run. What is returned is kept for the next rent, because fresh pages cost far more than warm ones.
/// Not thread-safe: one run at a time.
/// </summary>
internal sealed class BlockPool : IDisposable
{
    private readonly List<NativeBlock> _free = [];

    /// <summary>The bytes of all blocks that were rented and not yet freed.</summary>
    public long Bytes { get; private set; }

    /// <summary>The smallest free block that is large enough, or a new one.</summary>
    /// <remarks>
    /// A new block takes the place of the largest free one, which was too small: there are never more blocks than were in use at
    /// once, whatever sizes the runs had. Its size is rounded up, so that a batch that grows by a token finds it large enough.
    /// </remarks>
    public NativeBlock Rent(long bytes)
    {
        var (best, largest) = (-1, -1);
        for (var i = 0; i < _free.Count; i++)
        {
            if (_free[i].Bytes >= bytes && (best < 0 || _free[i].Bytes < _free[best].Bytes)) best = i;
            if (largest < 0 || _free[i].Bytes > _free[largest].Bytes) largest = i;
        }

        if (best >= 0) return Take(best);
        if (largest >= 0) Free(Take(largest));
        var block = new NativeBlock(RoundUp(bytes));
        Bytes += block.Bytes;
        return block;
    }

    public void Return(NativeBlock block) => _free.Add(block);

    /// <summary>Whether data lie in a block that the next rent may give to somebody else.</summary>
    public unsafe bool Owns(TensorData data) =>
        _free.Exists(block => data.Pointer >= block.Pointer && data.Pointer < block.Pointer + block.Bytes);

    public void Dispose()
    {
        foreach (var block in _free) Free(block);
        _free.Clear();
    }

    private NativeBlock Take(int index)
    {
        var block = _free[index];
        _free.RemoveAt(index);
        return block;
    }

    private void Free(NativeBlock block)
    {
        Bytes -= block.Bytes;
        if (!block.IsLent) block.Dispose();
    }

    // To four steps an octave, at most a quarter more than asked for.
    private static long RoundUp(long bytes)
    {
        const long Smallest = 256;
        if (bytes <= Smallest) return Smallest;
        var step = 1L << (61 - BitOperations.LeadingZeroCount((ulong)(bytes - 1)));
        return bytes > long.MaxValue - step ? bytes : (bytes + step - 1) / step * step;
    }
}
