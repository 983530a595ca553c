using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Makes pairs of BF16 of neighbouring rows.</summary>
internal sealed unsafe class PairRowsKernel(PairRows rows) : PortableKernel
{
    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        const int Lanes = 16;
        var (pairs, m) = ((rows.K + 1) / 2, arguments[2]);
        for (var pair = from; pair < to; pair++)
        {
            var (matrix, row) = (pair / pairs, pair % pairs * 2);
            var even = (uint*)arguments[0] + (matrix * rows.K + row) * m;
            var odd = row + 1 < rows.K ? even + m : null;
            var target = (uint*)arguments[1] + pair * m;
            long i = 0;
            for (; i + Lanes <= m; i += Lanes)
            {
                var second = odd == null ? Vector512<uint>.Zero : Vector512.Load(odd + i);
                BFloat16Numbers.Pair(Vector512.Load(even + i), second).Store(target + i);
            }

            for (; i < m; i++)
            {
                target[i] = BFloat16Numbers.Round(even[i]) >> 16 | (odd == null ? 0 : BFloat16Numbers.Round(odd[i]));
            }
        }
    }
}
