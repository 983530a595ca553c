using System.Runtime.Intrinsics;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Matrix products. The right operand is decoded once, some columns of the result at a time, and used for all rows; each element
/// of the result is one <see cref="DotProduct"/>, whatever the other rows are.
/// </summary>
internal static unsafe class MatMulKernel
{
    // Columns that are decoded together: a cache line of a row of a right operand that is not transposed.
    private const int AtOnce = 16;

    public static void Run(MatMul matmul, TensorData left, TensorData right, TensorData output, ParallelLoop loop)
    {
        var (m, k, n) = (left.Sizes[^2], left.Sizes[^1], output.Sizes[^1]);
        var batches = TensorData.CountElements(left.Sizes[..^2]);
        var (rightBatch, width) = (right.Sizes.Length == 2 ? 0 : k * n, left.Type.BlockBytes);
        if (rightBatch == 0)
        {
            // One matrix for all: the batches are more rows.
            (m, batches) = (m * batches, 1);
        }

        for (long batch = 0; batch < batches; batch++)
        {
            var rows = left.Pointer + batch * m * k * width;
            var results = output.Pointer + batch * m * n * width;
            Multiply(
                left.Type, rows, m, new MatrixColumns(right, batch * rightBatch, k, n, matmul.TransposeRight), results, loop);
        }
    }

    /// <summary>The product of m rows, one after the other, with all columns, into m rows of results.</summary>
    public static void Multiply(DType type, byte* rows, long m, MatrixColumns columns, byte* results, ParallelLoop loop)
    {
        if (m == 0) return;
        loop.Run(columns.Count, m * columns.Count * columns.Length, (from, to) =>
        {
            if (type == DType.F32) Multiply((float*)rows, m, columns, from, to, (float*)results);
            else Multiply((double*)rows, m, columns, from, to, (double*)results);
        });
    }

    private static void Multiply(float* rows, long m, MatrixColumns columns, long from, long to, float* results)
    {
        var (k, n) = (columns.Length, columns.Count);
        using var buffer = columns.Buffer(AtOnce, DType.F32);
        using var sums = new NativeBlock(m * 4 * sizeof(Vector512<float>));
        for (var column = from; column < to; column += AtOnce)
        {
            var count = (int)Math.Min(AtOnce, to - column);
            var weights = columns.Read(column, count, (float*)buffer.Pointer);
            var c = 0;
            for (; c <= count - 4; c += 4)
            {
                FourColumns(rows, m, k, weights + c * k, (Vector512<float>*)sums.Pointer, results + column + c, n);
            }
            for (; c < count; c++)
            {
                for (long i = 0; i < m; i++) results[i * n + column + c] = DotProduct.Of(rows + i * k, weights + c * k, k);
            }
        }
    }

    // All rows take one part of the columns before any takes the next: the part stays in the first cache.
    private static void FourColumns(
        float* rows, long m, long k, float* weights, Vector512<float>* sums, float* results, long resultStride)
    {
        const int Part = 1024;
        for (long i = 0; i < m * 4; i++) sums[i] = Vector512<float>.Zero;
        for (long start = 0; start < k; start += Part)
        {
            var length = Math.Min(Part, k - start);
            for (long i = 0; i < m; i++) DotProduct.AddToFour(rows + i * k + start, weights + start, k, length, sums + i * 4);
        }

        for (long i = 0; i < m; i++)
        {
            for (var c = 0; c < 4; c++) results[i * resultStride + c] = DotProduct.Total(sums[i * 4 + c]);
        }
    }

    private static void Multiply(double* rows, long m, MatrixColumns columns, long from, long to, double* results)
    {
        var k = columns.Length;
        using var buffer = columns.Buffer(AtOnce, DType.F64);
        for (var column = from; column < to; column += AtOnce)
        {
            var count = (int)Math.Min(AtOnce, to - column);
            var weights = columns.Read(column, count, (double*)buffer.Pointer);
            for (long i = 0; i < m; i++)
            {
                for (var c = 0; c < count; c++)
                {
                    results[i * columns.Count + column + c] = DotProduct.Of(rows + i * k, weights + c * k, k);
                }
            }
        }
    }
}
