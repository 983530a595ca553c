using System.Numerics;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Turns pairs by the angles of the token's position: (a, b) becomes (a cos - b sin, a sin + b cos).</summary>
internal sealed unsafe class RotaryRowsKernel(RotaryRows rotary) : PortableKernel
{
    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var input = (float*)arguments[0];
        var output = (float*)arguments[1];
        var positions = (int*)arguments[2];
        var angles = (float*)arguments[3];
        var (heads, size, pairs) = (rotary.Heads, rotary.Size, rotary.Pairs);
        for (var token = from; token < to; token++)
        {
            var cosines = angles + positions[token] * 2L * pairs;
            for (var head = 0; head < heads; head++)
            {
                var x = input + token * rotary.InputStride + (long)head * size;
                var y = output + (token * heads + head) * size;
                if (rotary.Layout == RotaryLayout.Halves) TurnHalves(x, y, cosines, cosines + pairs, pairs);
                else TurnNeighbours(x, y, cosines, cosines + pairs, pairs);
                for (var i = 2 * pairs; i < size; i++) y[i] = x[i];
            }
        }
    }

    private static void TurnHalves(float* x, float* y, float* cosines, float* sines, int pairs)
    {
        var i = 0;
        for (; i <= pairs - Vector<float>.Count; i += Vector<float>.Count)
        {
            var (a, b) = (Vector.Load(x + i), Vector.Load(x + pairs + i));
            var (cosine, sine) = (Vector.Load(cosines + i), Vector.Load(sines + i));
            Vector.Store(a * cosine - b * sine, y + i);
            Vector.Store(a * sine + b * cosine, y + pairs + i);
        }

        for (; i < pairs; i++)
        {
            var (a, b) = (x[i], x[pairs + i]);
            y[i] = a * cosines[i] - b * sines[i];
            y[pairs + i] = a * sines[i] + b * cosines[i];
        }
    }

    private static void TurnNeighbours(float* x, float* y, float* cosines, float* sines, int pairs)
    {
        for (var i = 0; i < pairs; i++)
        {
            var (a, b) = (x[2 * i], x[2 * i + 1]);
            y[2 * i] = a * cosines[i] - b * sines[i];
            y[2 * i + 1] = a * sines[i] + b * cosines[i];
        }
    }
}
