using System.Globalization;

namespace Ashlar.Tensors.Operations;

/// <summary>
/// Rotary position embedding (Su et al., 2021). Inputs: heads (tokens, heads, head size) F32 or F64; positions (tokens) I32;
/// frequencies (n) F32, radians per position of each pair, 2 n at most the head size: base, linear, llama-3 and YaRN scaling are
/// all in these numbers. Elements past the first 2 n pass through. Result: as the heads.
/// </summary>
/// <param name="Layout">Which elements form a pair.</param>
/// <param name="Magnitude">A factor on what is turned, 1 unless YaRN gives another.</param>
internal sealed record Rotary(RotaryLayout Layout, double Magnitude = 1) : Op
{
    /// <inheritdoc/>
    public override string Name => "rotary";

    /// <inheritdoc/>
    public override string Attributes => string.Create(CultureInfo.InvariantCulture,
        $"{(Layout == RotaryLayout.Interleaved ? "interleaved" : "halves")}"
            + $"{(Magnitude == 1 ? "" : $", magnitude {Magnitude:G6}")}");

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 3);
        var (heads, positions, frequencies) = (inputs[0], inputs[1], inputs[2]);
        Require(
            heads.Shape.Rank == 3 && heads.Type is DType.F32 or DType.F64, inputs,
            "takes heads (tokens, heads, head size) of F32 or F64");
        Require(
            positions.Type == DType.I32 && positions.Shape == [heads.Shape[0]], inputs, "takes one I32 position for every token");
        Require(frequencies.Type == DType.F32 && frequencies.Shape is { Rank: 1, IsConstant: true } && heads.Shape[2].IsConstant
            && 2 * frequencies.Shape[0].Value <= heads.Shape[2].Value, inputs,
            "takes at most one F32 frequency for every pair of a head");
        return (heads.Type, heads.Shape);
    }
}
