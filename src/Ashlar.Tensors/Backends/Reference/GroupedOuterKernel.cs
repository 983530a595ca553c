using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>The rows of each group are brought together, the left ones transposed, and multiplied as matrices are.</summary>
internal static unsafe class GroupedOuterKernel
{
    public static void Run(TensorData left, TensorData right, TensorData groups, TensorData output, ParallelLoop loop)
    {
        var (n, k, width) = (left.Sizes[1], right.Sizes[1], left.Type.BlockBytes);
        NativeMemory.Clear(output.Pointer, (nuint)output.Bytes);
        foreach (var (group, list) in GroupedRows.Of(groups, output.Sizes[0]))
        {
            using var packed = new Runtime.NativeBlock(Math.Max(1, n * list.Count * width));
            var rows = TensorData.Allocate(right.Type, list.Count, k); // (rows, k)
            for (var i = 0; i < list.Count; i++)
            {
                var bytes = right.Type.ByteLength(k);
                Buffer.MemoryCopy(right.Pointer + list[i] * bytes, rows.Pointer + i * bytes, bytes, bytes);
                if (width == 4) Spread((uint*)left.Pointer + list[i] * n, (uint*)packed.Pointer + i, n, list.Count);
                else Spread((ulong*)left.Pointer + list[i] * n, (ulong*)packed.Pointer + i, n, list.Count);
            }

            var columns = new MatrixColumns(rows, 0, list.Count, k, isTransposed: false);
            MatMulKernel.Multiply(left.Type, packed.Pointer, n, columns, output.Pointer + group * n * k * width, loop);
            GC.KeepAlive(rows);
        }
    }

    // A row as a column.
    private static void Spread<T>(T* from, T* to, long count, long stride) where T : unmanaged
    {
        for (long i = 0; i < count; i++) to[i * stride] = from[i];
    }
}
