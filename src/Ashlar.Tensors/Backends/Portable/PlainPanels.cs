using System.Numerics;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Weights that are plain numbers, with rows of F32: some elements of k at a time, so that their panel stays in the first cache
/// while all rows pass.
/// </summary>
internal sealed unsafe class PlainPanels(DType type, long k, long inputStride) : WeightPanels
{
    private const int PartElements = 256; // of k

    public override long GroupBytes { get; } = PlainWeights.GroupBytes(type, k);

    public override long InputStride => inputStride;

    public override long ScratchBytes => type == DType.F32 ? 0 : PartElements * PanelProduct.Columns * sizeof(float);

    public override void Multiply(byte* weights, in MatMulRows rows, int columns, byte* scratch)
    {
        if (rows.Count == 1 && columns == PanelProduct.Columns && type != DType.F32)
        {
            var (x, results) = ((nint)rows.Input(0), (nint)rows.Output(0));
            if (type == DType.F16) PlainRow.MultiplyF16((float*)x, (ushort*)weights, k, (float*)results);
            else PlainRow.MultiplyBFloat16((float*)x, (uint*)weights, k, (float*)results);
            return;
        }

        for (long start = 0; start < k; start += PartElements)
        {
            var part = (int)Math.Min(PartElements, k - start);
            PanelProduct.Run(rows, start, Panel(weights, start, part, (float*)scratch), part, columns);
        }
    }

    // (part, 16) from an element of k on.
    private float* Panel(byte* weights, long start, int part, float* panel)
    {
        var first = weights + start * PanelProduct.Columns * type.BlockBytes;
        if (type == DType.F32) return (float*)first;
        if (type == DType.F16)
        {
            HalfNumbers.Decode((ushort*)first, panel, part * PanelProduct.Columns);
            return panel;
        }

        // Two neighbours in k share 32 bits: the upper half, with zeros behind it, is the second, the lower one moved up the
        // first. Where k is odd, the last of them is a zero that nothing is multiplied with.
        for (var i = 0; i < part; i += 2)
        {
            var pairs = (uint*)first + i / 2 * PanelProduct.Columns;
            var even = (uint*)panel + i * PanelProduct.Columns;
            for (var column = 0; column < PanelProduct.Columns; column += Vector<uint>.Count)
            {
                var pair = Vector.Load(pairs + column);
                Vector.Store(pair << 16, even + column);
                Vector.Store(pair & new Vector<uint>(0xFFFF0000), even + PanelProduct.Columns + column);
            }
        }

        return panel;
    }
}
