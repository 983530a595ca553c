namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Memory for the values of a run. What is returned is kept for the next rent, because fresh pages cost far more than warm ones.
/// Not thread-safe: one run at a time.
/// </summary>
internal sealed class BlockPool : IDisposable
{
    private readonly List<NativeBlock> _free = [];

    /// <summary>The smallest free block that is large enough, or a new one.</summary>
    public NativeBlock Rent(long bytes)
    {
        var best = -1;
        for (var i = 0; i < _free.Count; i++)
        {
            if (_free[i].Bytes >= bytes && (best < 0 || _free[i].Bytes < _free[best].Bytes)) best = i;
        }

        if (best < 0) return new NativeBlock(bytes);
        var block = _free[best];
        _free.RemoveAt(best);
        return block;
    }

    public void Return(NativeBlock block) => _free.Add(block);

    public void Dispose()
    {
        foreach (var block in _free) block.Dispose();
        _free.Clear();
    }
}
