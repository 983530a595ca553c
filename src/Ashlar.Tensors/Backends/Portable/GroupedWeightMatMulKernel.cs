using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Each row times the matrix of its expert: for each group of columns, the rows that its matrix has.</summary>
internal sealed unsafe class GroupedWeightMatMulKernel(GroupedWeightMatMul product) : PortableKernel
{
    private readonly WeightPanels _panels = WeightPanels.Of(product.Type, product.K, product.Rows, product.InputStride);

    public override long ScratchBytes => _panels.ScratchBytes;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        const int Columns = WeightMatMul.Columns;
        var groups = (product.N + Columns - 1) / Columns; // of a matrix
        var starts = (int*)arguments[3];
        for (var group = from; group < to; group++)
        {
            var (matrix, first) = (group / groups, starts[group / groups]);
            var column = group % groups * Columns;
            var rows = new MatMulRows(
                (byte*)arguments[1], _panels.InputStride, (byte*)((float*)arguments[2] + column), arguments[5],
                starts[matrix + 1] - first, (int*)arguments[4] + first, product.RowDivisor);
            if (rows.Count == 0) continue;
            var columns = (int)Math.Min(Columns, product.N - column);
            _panels.Multiply((byte*)arguments[0] + group * _panels.GroupBytes, rows, columns, scratch);
        }
    }
}
