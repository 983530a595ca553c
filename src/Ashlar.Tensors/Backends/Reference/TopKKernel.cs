using System.Numerics;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Positions of the largest elements of each row, by repeated choice.</summary>
internal static unsafe class TopKKernel
{
    public static void Run(TensorData input, TensorData output)
    {
        if (input.Type == DType.F32) Loop<float>(input, output);
        else Loop<double>(input, output);
    }

    private static void Loop<T>(TensorData input, TensorData output) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (length, count) = (input.Sizes[^1], output.Sizes[^1]);
        if (count > length) throw new InvalidOperationException($"cannot choose {count} of {length} elements");
        for (long row = 0; row < input.Elements / length; row++)
        {
            var x = new Span<T>(input.As<T>() + row * length, checked((int)length));
            var chosen = new Span<int>(output.As<int>() + row * count, checked((int)count));
            for (var k = 0; k < chosen.Length; k++)
            {
                var best = -1;
                for (var i = 0; i < x.Length; i++)
                {
                    // NaN ranks below everything: it compares false and is taken only when nothing else is left.
                    if (!chosen[..k].Contains(i) && (best < 0 || x[i] > x[best] || (T.IsNaN(x[best]) && !T.IsNaN(x[i])))) best = i;
                }

                chosen[k] = best;
            }
        }
    }
}
