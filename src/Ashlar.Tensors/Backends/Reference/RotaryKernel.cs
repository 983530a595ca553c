using System.Numerics;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Turns pairs of a head's elements by an angle that grows with the position.</summary>
internal static unsafe class RotaryKernel
{
    public static void Run(Rotary rotary, TensorData heads, TensorData positions, TensorData frequencies, TensorData output)
    {
        if (heads.Type == DType.F32) Loop<float>(rotary, heads, positions, frequencies, output);
        else Loop<double>(rotary, heads, positions, frequencies, output);
    }

    private static void Loop<T>(Rotary rotary, TensorData heads, TensorData positions, TensorData frequencies, TensorData output)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (count, size, pairs) = (heads.Sizes[1], heads.Sizes[2], frequencies.Elements);
        Buffer.MemoryCopy(heads.Pointer, output.Pointer, output.Bytes, heads.Bytes);
        for (long token = 0; token < heads.Sizes[0]; token++)
        {
            for (long pair = 0; pair < pairs; pair++)
            {
                var (sine, cosine) = Math.SinCos((double)positions.As<int>()[token] * frequencies.As<float>()[pair]);
                var (sin, cos) = (T.CreateSaturating(sine * rotary.Magnitude), T.CreateSaturating(cosine * rotary.Magnitude));
                var (first, second) = rotary.Layout == RotaryLayout.Interleaved ? (2 * pair, 2 * pair + 1) : (pair, pair + pairs);
                for (long head = 0; head < count; head++)
                {
                    var x = output.As<T>() + (token * count + head) * size;
                    (x[first], x[second]) = (x[first] * cos - x[second] * sin, x[first] * sin + x[second] * cos);
                }
            }
        }
    }
}
