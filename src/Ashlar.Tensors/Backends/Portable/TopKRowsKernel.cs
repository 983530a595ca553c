using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Positions of the largest elements of each row: one pass that keeps the best so far in order.</summary>
internal sealed unsafe class TopKRowsKernel : PortableKernel
{
    private readonly int _width;
    private readonly int _count;

    public TopKRowsKernel(TopKRows top)
    {
        (_width, _count) = (top.Width, top.Count);
        if (_count < 1 || _count > _width) throw new NotSupportedException($"cannot choose {_count} of {_width} elements");
    }

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        for (var row = from; row < to; row++) Choose((float*)arguments[0] + row * _width, (int*)arguments[1] + row * _count);
    }

    private void Choose(float* x, int* chosen)
    {
        var kept = 0;
        for (var i = 0; i < _width; i++)
        {
            if (kept == _count && !Precedes(x[i], x[chosen[kept - 1]])) continue;
            var place = kept < _count ? kept++ : kept - 1;
            for (; place > 0 && Precedes(x[i], x[chosen[place - 1]]); place--) chosen[place] = chosen[place - 1];
            chosen[place] = i;
        }
    }

    // NaN ranks below everything: it is taken only when nothing else is left.
    private static bool Precedes(float later, float earlier) => later > earlier || (float.IsNaN(earlier) && !float.IsNaN(later));
}
