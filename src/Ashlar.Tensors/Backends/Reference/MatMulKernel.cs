using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Matrix products. The right operand is decoded once, four columns of the result at a time, and used for all rows; each element of the
/// result is one <see cref="DotProduct"/>.
/// </summary>
internal static unsafe class MatMulKernel
{
    public static void Run(MatMul matmul, TensorData left, TensorData right, TensorData output, ParallelLoop loop)
    {
        var (m, k, n) = (left.Sizes[^2], left.Sizes[^1], output.Sizes[^1]);
        var batches = TensorData.CountElements(left.Sizes[..^2]);
        var (rightBatch, width) = (right.Sizes.Length == 2 ? 0 : k * n, left.Type.BlockBytes);
        for (long batch = 0; batch < batches; batch++)
        {
            var rows = left.Pointer + batch * m * k * width;
            var results = output.Pointer + batch * m * n * width;
            var columns = new Columns(right, batch * rightBatch, k, n, matmul.TransposeRight);
            loop.Run(n, m * n * k, (from, to) => Multiply(left.Type, rows, m, k, columns, from, to, results, n));
        }
    }

    /// <summary>Results [from, to) of each of the m rows; row i of the results begins at i * resultStride.</summary>
    public static void Multiply(DType type, byte* rows, long m, long k, Columns columns, long from, long to, byte* results, long resultStride)
    {
        const int AtOnce = 4;
        using var block = new Runtime.NativeBlock(AtOnce * k * type.BlockBytes);
        for (var column = from; column < to; column += AtOnce)
        {
            var count = (int)Math.Min(AtOnce, to - column);
            if (type == DType.F64)
            {
                var decoded = (double*)block.Pointer;
                for (var c = 0; c < count; c++) columns.Decode(column + c, decoded + c * k);
                for (long i = 0; i < m * count; i++)
                {
                    ((double*)results)[i / count * resultStride + column + i % count] =
                        DotProduct.Of((double*)rows + i / count * k, decoded + i % count * k, k);
                }

                continue;
            }

            var weights = (float*)block.Pointer;
            for (var c = 0; c < count; c++) columns.Decode(column + c, weights + c * k);
            for (long i = 0; i < m; i++)
            {
                var result = (float*)results + i * resultStride + column;
                var row = (float*)rows + i * k;
                if (count == AtOnce) DotProduct.OfFour(row, weights, k, k, result, 1);
                else for (var c = 0; c < count; c++) result[c] = DotProduct.Of(row, weights + c * k, k);
            }
        }
    }

    /// <summary>The columns of a right operand (k, n), or of one stored transposed (n, k), as plain numbers.</summary>
    public sealed class Columns(TensorData data, long start, long k, long n, bool transposed)
    {
        public void Decode(long column, float* target)
        {
            if (transposed)
            {
                var from = data.Pointer + data.Type.ByteLength(start + column * k);
                NumberFormats.Dequantize(data.Type, new ReadOnlySpan<byte>(from, checked((int)data.Type.ByteLength(k))), new Span<float>(target, checked((int)k)));
                return;
            }

            var width = data.Type.BlockBytes;
            for (long i = 0; i < k; i++)
            {
                var element = data.Pointer + (start + i * n + column) * width;
                NumberFormats.Dequantize(data.Type, new ReadOnlySpan<byte>(element, width), new Span<float>(target + i, 1));
            }
        }

        public void Decode(long column, double* target)
        {
            if (data.Type != DType.F64)
            {
                using var block = new Runtime.NativeBlock(k * sizeof(float));
                Decode(column, (float*)block.Pointer);
                for (long i = 0; i < k; i++) target[i] = ((float*)block.Pointer)[i];
                return;
            }

            var values = data.As<double>() + start;
            for (long i = 0; i < k; i++) target[i] = transposed ? values[column * k + i] : values[i * n + column];
        }
    }
}
