using System.Runtime.CompilerServices;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Rotations: gradients are turned back, by the negative frequencies.</summary>
internal static class RotaryGradient
{
    // All layers share their frequencies, so all gradients share the negative ones.
    private static readonly ConditionalWeakTable<TensorData, TensorData> Negatives = [];

    /// <summary>The gradients of the heads and of the frequencies; nothing for the positions.</summary>
    public static Contribution[] Of(Rotary rotary, Node node, Tensor upstream)
    {
        var (positions, frequencies) = (new Tensor(node.Sources[1]), node.Sources[2]);
        var data = frequencies.Realized ?? (frequencies.Op as Weight)?.Data;
        var back = data is null ? -new Tensor(frequencies) : Tensor.Weight(Negatives.GetValue(data, Negate), frequencies.Label);
        return
        [
            upstream.Rotary(positions, back, rotary.Layout, rotary.Magnitude),
            Contribution.None,
            OfFrequencies(rotary.Layout, node, upstream),
        ];
    }

    // A pair (a, b) that is turned a little more moves by (-b, a); by how much more, the position says.
    private static Tensor OfFrequencies(RotaryLayout layout, Node node, Tensor upstream)
    {
        var (positions, pairs) = (new Tensor(node.Sources[1]), node.Sources[2].Shape[0].Value);
        var ((a, b), (da, db)) = (Pairs(new Tensor(node)), Pairs(upstream));
        var turn = (db * a - da * b) * positions.Cast(node.Type).Reshape([positions.Shape[0], 1, 1]);
        return turn.SumTo([pairs]).Cast(DType.F32);

        // (tokens, heads, pairs) of both elements
        (Tensor, Tensor) Pairs(Tensor x)
        {
            if (layout == RotaryLayout.Halves) return (x.Slice(2, 0, pairs), x.Slice(2, pairs, pairs));
            var (tokens, heads) = (x.Shape[0], x.Shape[1]);
            var split = x.Slice(2, 0, 2 * pairs).Reshape([tokens, heads, pairs, 2]);
            return (Element(0), Element(1));

            Tensor Element(int index) => split.Slice(3, index, 1).Reshape([tokens, heads, pairs]);
        }
    }

    // Known at once, so that the compiler sees constants.
    private static TensorData Negate(TensorData frequencies)
    {
        var negative = TensorData.Allocate(DType.F32, [.. frequencies.Sizes]);
        var from = frequencies.AsSpan<float>();
        var to = negative.AsSpan<float>();
        for (var i = 0; i < to.Length; i++) to[i] = -from[i];
        GC.KeepAlive(frequencies);
        return negative;
    }
}
