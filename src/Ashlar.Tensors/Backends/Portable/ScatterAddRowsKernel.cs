using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Adds rows into a table: each call looks through all indices for those of its own rows.</summary>
internal sealed unsafe class ScatterAddRowsKernel(ScatterAddRows scatter) : PortableKernel
{
    private const int Lanes = 16;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var (rows, indices, table, count) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        var width = scatter.Width;
        NativeMemory.Clear((float*)table + from * width, (nuint)((to - from) * width * sizeof(float)));
        for (long i = 0; i < count; i++)
        {
            var index = ((int*)indices)[i];
            if (index < from || index >= to) continue;
            Add((float*)rows + i * width, (float*)table + index * width, width);
        }
    }

    private static void Add(float* row, float* target, long width)
    {
        long j = 0;
        for (; j + Lanes <= width; j += Lanes) (Vector512.Load(target + j) + Vector512.Load(row + j)).Store(target + j);
        for (; j < width; j++) target[j] += row[j];
    }
}
