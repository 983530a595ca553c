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

    private PackedStore(Arena arena, long offset) => (_arena, _offset) = (arena, offset);

    /// <summary>The first byte.</summary>
    public byte* Pointer => _arena.Pointer + _offset;

    /// <summary>Packs what is not packed yet, and finds the rest.</summary>
    /// <param name="matrices">The matrices.</param>
    /// <param name="threads">How many threads may pack.</param>
    /// <returns>Where each is packed; keep them as long as they are used.</returns>
    public static Dictionary<TensorData, PackedStore> Of(IReadOnlyCollection<WeightMatrix> matrices, int threads)
    {
        var found = new Dictionary<TensorData, PackedStore>();
        lock (Known)
        {
            var missing = new List<WeightMatrix>();
            foreach (var matrix in matrices)
            {
                if (found.ContainsKey(matrix.Data)) continue;
                if (Known.TryGetValue(matrix.Data, out var known)) found[matrix.Data] = known;
                else if (!missing.Exists(other => other.Data == matrix.Data)) missing.Add(matrix);
            }

            if (missing.Count > 0) Pack(missing, threads, found);
        }

        return found;
    }

    private static void Pack(List<WeightMatrix> matrices, int threads, Dictionary<TensorData, PackedStore> found)
    {
        const long Line = 64;
        var arena = new Arena();
        long total = 0;
        var offsets = new long[matrices.Count];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = total;
            total += (PackedMatrices.Bytes(matrices[i]) + Line - 1) / Line * Line;
        }

        arena.Ensure(total);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        for (var i = 0; i < offsets.Length; i++)
        {
            const long PieceBytes = 1 << 20;
            var (matrix, groups) = (matrices[i], PackedMatrices.Groups(matrices[i]));
            var target = arena.Pointer + offsets[i];
            var pieces = Math.Clamp(PackedMatrices.Bytes(matrix) / PieceBytes, 1, groups);
            if (pieces == 1 || threads == 1) PackedMatrices.Pack(matrix, 0, groups, target);
            else Parallel.For(0, pieces, options, piece => PackedMatrices.Pack(matrix, groups * piece / pieces, groups * (piece + 1) / pieces, target));
            // From here on the packed form is read; the file's pages need not be kept beside it.
            if (matrix.Data.IsFileMapping) MappedPages.Release(matrix.Data.Pointer, matrix.Data.Bytes);
            var store = new PackedStore(arena, offsets[i]);
            Known.Add(matrix.Data, store);
            found[matrix.Data] = store;
        }
    }
}
