using System.Numerics;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Positions of the largest elements of each row: one pass that keeps the best so far in order.</summary>
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
            var kept = 0;
            for (var i = 0; i < x.Length; i++)
            {
                if (kept == chosen.Length && !Precedes(x[i], x[chosen[^1]])) continue;
                var place = kept < chosen.Length ? kept++ : kept - 1;
                for (; place > 0 && Precedes(x[i], x[chosen[place - 1]]); place--) chosen[place] = chosen[place - 1];
                chosen[place] = i;
            }
        }
    }

    // NaN ranks below everything: it is taken only when nothing else is left.
    private static bool Precedes<T>(T later, T earlier) where T : IFloatingPointIeee754<T> =>
        later > earlier || (T.IsNaN(earlier) && !T.IsNaN(later));
}
