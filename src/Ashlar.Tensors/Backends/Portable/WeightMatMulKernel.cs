using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Rows times the transpose of packed weights, group of columns by group.</summary>
internal sealed unsafe class WeightMatMulKernel(WeightMatMul product) : PortableKernel
{
    private readonly WeightPanels _panels = WeightPanels.Of(product.Type, product.K, product.Rows, product.InputStride);

    public override long ScratchBytes => _panels.ScratchBytes;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        const int Columns = WeightMatMul.Columns;
        for (var group = from; group < to; group++)
        {
            var columns = (int)Math.Min(Columns, product.N - group * Columns);
            var output = (byte*)((float*)arguments[2] + group * Columns);
            var rows = new MatMulRows((byte*)arguments[1], _panels.InputStride, output, arguments[4], arguments[3]);
            _panels.Multiply((byte*)arguments[0] + group * _panels.GroupBytes, rows, columns, scratch);
        }
    }
}
