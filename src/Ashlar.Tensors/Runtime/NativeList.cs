namespace Ashlar.Tensors.Runtime;

/// <summary>A list in native memory, which is kept when the list is cleared. Not thread-safe.</summary>
internal sealed unsafe class NativeList<T> : IDisposable where T : unmanaged
{
    private NativeBlock? _memory;

    /// <summary>The first element; valid until the next <see cref="Add"/>.</summary>
    public T* Pointer { get; private set; }

    public int Count { get; private set; }

    public Span<T> Span => new(Pointer, Count);

    public ref T this[int index] => ref Pointer[index];

    public void Add(T element)
    {
        if (_memory is null || (Count + 1L) * sizeof(T) > _memory.Bytes)
        {
            var grown = new NativeBlock(Math.Max(64, 2L * Count) * sizeof(T));
            Span.CopyTo(new Span<T>(grown.Pointer, Count));
            _memory?.Dispose();
            _memory = grown;
            Pointer = (T*)grown.Pointer;
        }

        Pointer[Count++] = element;
    }

    public void Clear() => Count = 0;

    public void Dispose()
    {
        _memory?.Dispose();
        (_memory, Count) = (null, 0);
        Pointer = null;
    }
}
