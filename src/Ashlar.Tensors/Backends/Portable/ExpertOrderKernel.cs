using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>A counting sort: how many rows each expert has, where each begins, then every row to its place.</summary>
internal sealed unsafe class ExpertOrderKernel(ExpertOrder order) : PortableKernel
{
    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        if (from >= to) return;
        var groups = (int*)arguments[0];
        var rows = arguments[1];
        var starts = (int*)arguments[2];
        var sorted = (int*)arguments[3];
        new Span<int>(starts, order.Experts + 1).Clear();
        for (long row = 0; row < rows; row++) starts[Expert(groups[row]) + 1]++;
        for (var expert = 0; expert < order.Experts; expert++) starts[expert + 1] += starts[expert];

        // Each start moves on as its rows are placed, to the start of the next expert; then all move back by one.
        for (long row = 0; row < rows; row++) sorted[starts[Expert(groups[row])]++] = (int)row;
        for (var expert = order.Experts - 1; expert > 0; expert--) starts[expert] = starts[expert - 1];
        starts[0] = 0;
    }

    private int Expert(int group) => Math.Clamp(group, 0, order.Experts - 1);
}
