using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Sums and maxima along an axis that is not the last, some columns at a time.</summary>
internal sealed unsafe class AxisReductionKernel(AxisReduction reduction) : PortableKernel
{
    private const int Block = 128, Lanes = 16;

    private interface IJoin
    {
        static abstract float First { get; }

        static abstract float Of(float x, float y);

        static abstract Vector512<float> Of(Vector512<float> x, Vector512<float> y);
    }

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        if (reduction.IsSum) Run<Sum>(arguments, from, to);
        else Run<Largest>(arguments, from, to);
    }

    private void Run<TJoin>(long* arguments, long from, long to) where TJoin : struct, IJoin
    {
        var (inner, chunks, length) = (reduction.Inner, reduction.Chunks, arguments[2]);
        for (var chunk = from; chunk < to; chunk++)
        {
            var (outer, column) = (chunk / chunks, chunk % chunks * AxisReduction.Columns);
            var count = Math.Min(AxisReduction.Columns, inner - column);
            var input = (float*)arguments[0] + outer * length * inner + column;
            var output = (float*)arguments[1] + outer * inner + column;
            if (count == AxisReduction.Columns)
            {
                Four<TJoin>(input, length, inner, output);
                continue;
            }

            long i = 0;
            for (; i + Lanes <= count; i += Lanes) One<TJoin>(input + i, length, inner, output + i);
            for (; i < count; i++) output[i] = Single<TJoin>(input + i, length, inner);
        }
    }

    private static void Four<TJoin>(float* input, long length, long stride, float* output) where TJoin : struct, IJoin
    {
        var first = Vector512.Create(TJoin.First);
        var (a, b, c, d) = (first, first, first, first);
        for (long start = 0; start < length; start += Block)
        {
            var (p, q, r, s) = (first, first, first, first);
            var end = Math.Min(start + Block, length);
            var x = input + start * stride;
            for (var i = start; i < end; i++, x += stride)
            {
                p = TJoin.Of(p, Vector512.Load(x));
                q = TJoin.Of(q, Vector512.Load(x + Lanes));
                r = TJoin.Of(r, Vector512.Load(x + 2 * Lanes));
                s = TJoin.Of(s, Vector512.Load(x + 3 * Lanes));
            }

            (a, b, c, d) = (TJoin.Of(a, p), TJoin.Of(b, q), TJoin.Of(c, r), TJoin.Of(d, s));
        }

        a.Store(output);
        b.Store(output + Lanes);
        c.Store(output + 2 * Lanes);
        d.Store(output + 3 * Lanes);
    }

    private static void One<TJoin>(float* input, long length, long stride, float* output) where TJoin : struct, IJoin
    {
        var first = Vector512.Create(TJoin.First);
        var all = first;
        for (long start = 0; start < length; start += Block)
        {
            var (part, end) = (first, Math.Min(start + Block, length));
            for (var i = start; i < end; i++) part = TJoin.Of(part, Vector512.Load(input + i * stride));
            all = TJoin.Of(all, part);
        }

        all.Store(output);
    }

    private static float Single<TJoin>(float* input, long length, long stride) where TJoin : struct, IJoin
    {
        var all = TJoin.First;
        for (long start = 0; start < length; start += Block)
        {
            var (part, end) = (TJoin.First, Math.Min(start + Block, length));
            for (var i = start; i < end; i++) part = TJoin.Of(part, input[i * stride]);
            all = TJoin.Of(all, part);
        }

        return all;
    }

    private readonly struct Sum : IJoin
    {
        public static float First => 0;

        public static float Of(float x, float y) => x + y;

        public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) => x + y;
    }

    private readonly struct Largest : IJoin
    {
        public static float First => float.NegativeInfinity;

        public static float Of(float x, float y) => MathF.Max(x, y);

        public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) => Vector512.Max(x, y);
    }
}
