using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Takes some elements of each row.</summary>
internal sealed unsafe class GatherColumnsKernel(GatherColumns gather) : PortableKernel
{
    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var table = (float*)arguments[0];
        var indices = (int*)arguments[1];
        var output = (float*)arguments[2];
        for (var row = from; row < to; row++)
        {
            var x = table + row * gather.Width;
            for (var i = row * gather.Count; i < (row + 1) * gather.Count; i++)
            {
                output[i] = x[Math.Clamp(indices[i], 0, gather.Width - 1)];
            }
        }
    }
}
