using System.Collections.Immutable;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Rows of activations in 8 bits, made from random numbers.</summary>
internal static unsafe class QuantizedRowsOf
{
    /// <summary>What a format takes, alone or among others.</summary>
    public static ImmutableArray<Bias> Biases(DType type, Random random)
    {
        Bias own = BlockWeights.BiasOf(type)!.Value, other = new(16, 99);
        return random.Next(3) switch { 0 => [own], 1 => [other, own], _ => [own, other] };
    }

    /// <summary>Writes rows, and returns (rows, width) what they stand for.</summary>
    /// <param name="layout">Their layout.</param>
    /// <param name="rows">How many.</param>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="isExtreme">Whether every code is the largest, with one sign for a group.</param>
    /// <param name="target">Receives the rows.</param>
    public static double[] Fill(QuantizedRows layout, int rows, Random random, bool isExtreme, byte* target)
    {
        var values = new double[rows * layout.Width];
        new Span<byte>(target, checked((int)(rows * layout.Stride))).Fill(0xFF);
        for (var row = 0; row < rows; row++, target += layout.Stride)
        {
            for (var group = 0; group < layout.Width / QuantizedRows.Group; group++)
            {
                var scale = random.NextSingle() + 0.01f;
                ((float*)(target + layout.Scales))[group] = scale;
                var sign = random.Next(2) * 2 - 1;
                for (var i = group * QuantizedRows.Group; i < (group + 1) * QuantizedRows.Group; i++)
                {
                    var code = (sbyte)(isExtreme ? 127 * sign : random.Next(-127, 128));
                    target[i] = (byte)code;
                    values[row * layout.Width + i] = scale * (double)code;
                }
            }

            foreach (var bias in layout.Biases) FillBias(layout, bias, target);
        }

        return values;
    }

    private static void FillBias(QuantizedRows layout, Bias bias, byte* row)
    {
        for (var group = 0; group < layout.Width / bias.Group; group++)
        {
            var sum = 0;
            for (var i = 0; i < bias.Group; i++) sum += (sbyte)row[group * bias.Group + i];
            var scale = ((float*)(row + layout.Scales))[group * bias.Group / QuantizedRows.Group];
            var place = row + layout.OffsetOf(bias) + group * 4;
            if (bias.Zero != 0) *(int*)place = -bias.Zero * sum;
            else *(float*)place = scale * sum;
        }
    }
}
