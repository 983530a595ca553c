using System.Runtime.CompilerServices;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Rotations: gradients are turned back, by the negative frequencies.</summary>
internal static class RotaryGradient
{
    // All layers share their frequencies, so all gradients share the negative ones.
    private static readonly ConditionalWeakTable<TensorData, TensorData> Negatives = [];

    /// <summary>The gradient of the heads; positions and frequencies are constants.</summary>
    public static Contribution[] Of(Rotary rotary, Node node, Tensor upstream)
    {
        var (positions, frequencies) = (new Tensor(node.Inputs[1]), node.Inputs[2]);
        var data = frequencies.Realized ?? (frequencies.Op as Weight)?.Data;
        var back = data is null ? -new Tensor(frequencies) : Tensor.Weight(Negatives.GetValue(data, Negate), frequencies.Label);
        return
        [
            upstream.Rotary(positions, back, rotary.Layout, rotary.Magnitude), Contribution.None, Contribution.None,
        ];
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
