namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Rows times the matrix of their group. Each matrix that a row names is decoded once, for all of its rows.</summary>
internal static unsafe class GroupedMatMulKernel
{
    public static void Run(TensorData rows, TensorData matrices, TensorData groups, TensorData output, ParallelLoop loop)
    {
        var (k, n, width) = (rows.Sizes[1], output.Sizes[1], rows.Type.BlockBytes);
        foreach (var (group, list) in GroupedRows.Of(groups, matrices.Sizes[0]))
        {
            using var packed = new Runtime.NativeBlock(list.Count * (k + n) * width);
            var results = packed.Pointer + list.Count * k * width;
            for (var i = 0; i < list.Count; i++)
            {
                Copy(rows.Pointer + list[i] * k * width, packed.Pointer + i * k * width, k * width);
            }
            var columns = new MatrixColumns(matrices, group * n * k, k, n, isTransposed: true);
            MatMulKernel.Multiply(rows.Type, packed.Pointer, list.Count, columns, results, loop);
            for (var i = 0; i < list.Count; i++) Copy(results + i * n * width, output.Pointer + list[i] * n * width, n * width);
        }
    }

    private static void Copy(byte* from, byte* to, long bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);
}
