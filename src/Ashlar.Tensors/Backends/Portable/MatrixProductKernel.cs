using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Products of matrices that a run computes, item by item, some elements of k at a time: rows that lie transposed are turned, and
/// panels of a matrix (k, n) brought together.
/// </summary>
internal sealed unsafe class MatrixProductKernel : PortableKernel
{
    private const int Columns = WeightMatMul.Columns, PartElements = 256; // of k

    // Rows at once.
    private const int Most = MatrixProduct.MostBlockRows;

    private readonly MatrixProduct _product;
    private readonly long _groupBytes;

    public MatrixProductKernel(MatrixProduct product)
    {
        if (product.Type != DType.F32) throw new NotSupportedException($"'{product}' needs dot products of BF16");
        (_product, _groupBytes) = (product, PlainWeights.GroupBytes(DType.F32, product.K));
    }

    // The panel, then the rows that are turned.
    public override long ScratchBytes => (Columns + (_product.IsLeftTransposed ? Most : 0)) * PartElements * sizeof(float);

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var (m, parts) = (arguments[3], _product.Parts);
        var blocks = (m + _product.BlockRows - 1) / _product.BlockRows;
        for (var item = from; item < to; item++)
        {
            var (matrix, block, part) = (item / parts / blocks, item / parts % blocks, item % parts);
            var end = Math.Min((block + 1) * _product.BlockRows, m);
            for (var row = block * _product.BlockRows; row < end; row += Most)
            {
                Item(
                    (byte*)arguments[0] + matrix * arguments[5], (byte*)arguments[1] + matrix * arguments[4],
                    (float*)((byte*)arguments[2] + matrix * arguments[6]), row, Math.Min(Most, end - row),
                    part * _product.PartGroups, arguments[7], (float*)scratch);
            }
        }
    }

    private void Item(byte* right, byte* left, float* output, long row, long rows, long group, long leftStride, float* panel)
    {
        var (k, n) = (_product.K, _product.N);
        var turned = panel + Columns * PartElements;
        var end = Math.Min(group + _product.PartGroups, _product.Groups);
        for (long start = 0; start < k; start += PartElements)
        {
            var count = (int)Math.Min(PartElements, k - start);
            // The rows as if the elements before these were there.
            // What begins behind the first element is added to what is there.
            var shift = _product.IsAdded ? 1 : 0;
            var input = (float*)left + row * k - shift;
            if (_product.IsLeftTransposed)
            {
                Turn((float*)(left + start * leftStride) + row, leftStride, count, rows, turned);
                input = turned - start - shift;
            }

            var stride = _product.IsLeftTransposed ? PartElements : k;

            for (var g = group; g < end; g++)
            {
                var columns = (int)Math.Min(Columns, n - g * Columns);
                var at = new MatMulRows(
                    (byte*)input, stride * sizeof(float), (byte*)(output + row * n + g * Columns), n * sizeof(float), rows);
                PanelProduct.Run(at, start + shift, PanelOf(right, g, start, count, columns, panel), count, columns);
            }
        }
    }

    private float* PanelOf(byte* right, long group, long start, int count, int columns, float* panel)
    {
        if (_product.IsRightPacked) return (float*)(right + group * _groupBytes) + start * Columns;
        for (var i = 0; i < count; i++)
        {
            var line = new Span<float>(panel + i * Columns, Columns);
            new ReadOnlySpan<float>((float*)right + (start + i) * _product.N + group * Columns, columns).CopyTo(line);
            line[columns..].Clear();
        }

        return panel;
    }

    // (count, rows) to (rows, PartElements).
    private static void Turn(float* source, long stride, int count, long rows, float* target)
    {
        for (var i = 0; i < count; i++)
        {
            var line = (float*)((byte*)source + i * stride);
            for (long row = 0; row < rows; row++) target[row * PartElements + i] = line[row];
        }
    }
}
