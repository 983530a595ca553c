using System.Runtime.CompilerServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Packed matrices, shared by all executables of a process that use the same weights, and kept as long as the weights are.
/// </summary>
internal sealed unsafe class PackedStore
{
    private static readonly ConditionalWeakTable<TensorData, PackedStore> Known = [];

    private readonly Arena _arena; // of several matrices
    private readonly long _offset;
    private readonly Packing _packing;

    private PackedStore(Arena arena, long offset, Packing packing) => (_arena, _offset, _packing) = (arena, offset, packing);

    /// <summary>The first byte. What is there is to be read after <see cref="Wait"/>.</summary>
    public byte* Pointer => _arena.Pointer + _offset;

    /// <summary>Finds room for what is not packed yet, and finds the rest.</summary>
    /// <param name="matrices">The matrices.</param>
    /// <returns>Where each is packed, once <see cref="Start"/> was called; keep them as long as they are used.</returns>
    public static Dictionary<TensorData, PackedStore> Of(IEnumerable<WeightMatrix> matrices)
    {
        var found = new Dictionary<TensorData, PackedStore>();
        lock (Known)
        {
            var missing = new Dictionary<TensorData, WeightMatrix>();
            foreach (var matrix in matrices)
            {
                if (found.ContainsKey(matrix.Data)) continue;
                if (Known.TryGetValue(matrix.Data, out var known)) found[matrix.Data] = known;
                else missing.TryAdd(matrix.Data, matrix);
            }

            if (missing.Count > 0) Add(missing.Values, found);
        }

        return found;
    }

    /// <summary>
    /// Begins to pack what nobody has begun; the weights must stay where they are until <see cref="Wait"/> returns.
    /// </summary>
    /// <param name="stores">The matrices.</param>
    /// <param name="threads">How many threads may pack.</param>
    public static void Start(IEnumerable<PackedStore> stores, int threads)
    {
        foreach (var store in stores) store._packing.Start(threads);
    }

    /// <summary>Returns when all is packed.</summary>
    public static void Wait(IEnumerable<PackedStore> stores)
    {
        foreach (var store in stores) store._packing.Wait();
    }

    private static void Add(IReadOnlyCollection<WeightMatrix> matrices, Dictionary<TensorData, PackedStore> found)
    {
        const long Line = 64;
        var arena = new Arena();
        arena.Ensure(matrices.Sum(Room));
        var packing = new Packing();
        long offset = 0;
        foreach (var matrix in matrices)
        {
            packing.Add(matrix, arena.Pointer + offset);
            Known.Add(matrix.Data, found[matrix.Data] = new PackedStore(arena, offset, packing));
            offset += Room(matrix);
        }

        static long Room(WeightMatrix matrix) => (PackedMatrices.Bytes(matrix) + Line - 1) / Line * Line;
    }
}
