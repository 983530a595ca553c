using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Packs right operands, group of columns by group.</summary>
internal sealed unsafe class RightPackingKernel(RightPacking packing) : PortableKernel
{
    private const int Columns = WeightMatMul.Columns;

    // Elements of k that are narrowed at once, before they are turned; even.
    private const int Part = 256;

    private readonly long _groups = PlainWeights.Groups(packing.N);
    private readonly long _groupBytes =
        PlainWeights.GroupBytes(packing.Form == RightForm.Pairs ? DType.BF16 : DType.F32, packing.K);

    // A part's rows, an odd number of lines apart.
    private readonly long _rowBytes = OddLines.Bytes(Part * sizeof(ushort));

    public override long ScratchBytes => packing is { Form: RightForm.Pairs, IsTransposed: true } ? Columns * _rowBytes : 0;

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        while (from < to)
        {
            var matrix = from / _groups;
            var end = Math.Min(to, (matrix + 1) * _groups);
            var source = (uint*)arguments[0] + matrix * packing.K * packing.N;
            var target = (byte*)arguments[1] + matrix * _groups * _groupBytes;
            var (first, last) = (from - matrix * _groups, end - matrix * _groups);
            if (packing.IsTransposed) for (; first < last; first++) Turn(source, first, target + first * _groupBytes, scratch);
            else if (packing.Form == RightForm.Pairs) Pair(source, first, last, target);
            else
            {
                PlainWeights.PackColumns((float*)source, packing.K, packing.N, packing.N, first, last, (float*)target);
                var count = (last - first) * packing.K * Columns;
                if (packing.Form == RightForm.Rounded) BFloat16Numbers.Round((uint*)(target + first * _groupBytes), count);
            }

            from = end;
        }
    }

    // A matrix (n, k).
    private void Turn(uint* source, long group, byte* target, byte* scratch)
    {
        var (k, columns) = (packing.K, (int)Math.Min(Columns, packing.N - group * Columns));
        source += group * Columns * k;
        if (packing.Form != RightForm.Pairs)
        {
            PlainTranspose.Singles(source, k, k, columns, (uint*)target);
            if (packing.Form == RightForm.Rounded) BFloat16Numbers.Round((uint*)target, k * Columns);
            return;
        }

        for (long start = 0; start < k; start += Part)
        {
            var count = Math.Min(Part, k - start);
            for (var column = 0; column < columns; column++)
            {
                var row = (ushort*)(scratch + column * _rowBytes);
                BFloat16Numbers.Narrow(source + column * k + start, count, row);
                if (count % 2 != 0) row[count] = 0;
            }

            var pairs = (uint*)target + start / 2 * Columns;
            PlainTranspose.Singles((uint*)scratch, _rowBytes / sizeof(uint), (count + 1) / 2, columns, pairs);
        }
    }

    // A matrix (k, n).
    private void Pair(uint* source, long first, long last, byte* target)
    {
        var (k, n) = (packing.K, packing.N);
        var line = stackalloc uint[2 * Columns];
        for (long i = 0; i < k; i += 2)
        {
            for (var group = first; group < last; group++)
            {
                var even = source + i * n + group * Columns;
                var odd = even + n;
                var to = (uint*)(target + group * _groupBytes) + i / 2 * Columns;
                if (i + 1 < k && (group + 1) * Columns <= n)
                {
                    BFloat16Numbers.Pair(Vector512.Load(even), Vector512.Load(odd)).Store(to);
                    continue;
                }

                var count = (int)Math.Min(Columns, n - group * Columns);
                new Span<uint>(line, 2 * Columns).Clear();
                new ReadOnlySpan<uint>(even, count).CopyTo(new Span<uint>(line, Columns));
                if (i + 1 < k) new ReadOnlySpan<uint>(odd, count).CopyTo(new Span<uint>(line + Columns, Columns));
                BFloat16Numbers.Pair(Vector512.Load(line), Vector512.Load(line + Columns)).Store(to);
            }
        }
    }
}
