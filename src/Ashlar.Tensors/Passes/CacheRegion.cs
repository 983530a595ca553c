using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>A write of keys or values into the cache.</summary>
/// <param name="store">The node.</param>
/// <param name="cache">The cache.</param>
/// <param name="rows">The value that the keys or values lie in.</param>
/// <param name="view">Where in it.</param>
/// <param name="slots">The cache row of each token.</param>
/// <param name="isTransposed">Whether these are keys, which lie sixteen positions to a vector.</param>
internal sealed class CacheRegion(
    Node store, Value cache, Value rows, View view, Value slots, bool isTransposed) : KernelRegion
{
    private readonly (int Heads, int Size) _shape = ((int)store.Shape[1].Value, (int)store.Shape[2].Value);

    /// <summary>The state that it writes into.</summary>
    public Node State => cache.Node;

    /// <summary>How the state lies in its memory, as <see cref="Runtime.Executable.LayoutOf"/> says it.</summary>
    public string Layout => CacheStore.LayoutOf(store.Type, _shape.Size, isTransposed);

    public override Dim Rows => slots.Node.Shape[0];

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(cache), new Slot.Address(rows, view.Offset * sizeof(float)), new Slot.Address(slots)];

    public override Dim Operations => Rows * ((long)_shape.Heads * _shape.Size);

    public override KernelSpecification Specification(long count) => new CacheStore(
        _shape.Heads, _shape.Size, store.Type, isTransposed, view.StrideOfRows((long)_shape.Heads * _shape.Size)!.Value);
}
