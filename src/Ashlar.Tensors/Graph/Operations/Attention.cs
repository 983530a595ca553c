using System.Globalization;

namespace Ashlar.Tensors.Operations;

/// <summary>
/// Causal attention of a ragged batch over a paged cache. A token of sequence s at position p sees the positions j of s with
/// j at most p, and p - j below the window where there is one; position j of s lies in row
/// <c>table[s, j / block] * block + j % block</c> of the cache. Head h uses the keys of head <c>h * key heads / heads</c>.
/// <para>Inputs: queries (tokens, heads, head size) F32 or F64; keys (rows, key heads, head size) and values (rows, key
/// heads, value size) of the queries' type, F16, BF16 or Q8_0, which may differ; positions (tokens) I32; sequence of each
/// token (tokens) I32; block table (sequences, blocks) I32; and, where <paramref name="HasSinks"/>, sinks (heads) F32: a
/// score that takes part in the softmax and has no value. Result: (tokens, heads, value size).</para>
/// </summary>
/// <param name="BlockSize">Positions in a block, 1 or more.</param>
/// <param name="Scale">The factor on the scores.</param>
/// <param name="Window">How many positions a token sees, itself included; 0 for all.</param>
/// <param name="SoftCap">Scores become cap * tanh(score / cap); 0 for none.</param>
/// <param name="HasSinks">Whether the seventh input is there.</param>
internal sealed record Attention(int BlockSize, double Scale, int Window = 0, double SoftCap = 0, bool HasSinks = false) : Op
{
    /// <inheritdoc/>
    public override string Name => "attention";

    /// <inheritdoc/>
    public override string Attributes => string.Create(CultureInfo.InvariantCulture,
        $"block {BlockSize}, scale {Scale:G6}{(Window > 0 ? $", window {Window}" : "")}"
            + $"{(SoftCap > 0 ? $", cap {SoftCap:G6}" : "")}{(HasSinks ? ", sinks" : "")}");

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, HasSinks ? 7 : 6);
        Require(BlockSize > 0, inputs, "a block has at least one position");
        Require(
            Window >= 0 && SoftCap >= 0 && double.IsFinite(Scale), inputs, "window and cap are 0 or more, the scale is finite");
        var (queries, keys, values) = (inputs[0], inputs[1], inputs[2]);
        Require(queries.Shape.Rank == 3 && keys.Shape.Rank == 3 && values.Shape.Rank == 3, inputs, "takes heads with three axes");
        Require(queries.Type is DType.F32 or DType.F64, inputs, $"the queries cannot be {queries.Type}; cast them first");
        foreach (var cache in (ReadOnlySpan<Node>)[keys, values])
        {
            Require(
                cache.Type == queries.Type || cache.Type is DType.F16 or DType.BF16 or DType.Q8_0, inputs,
                $"cannot read a cache of {cache.Type}");
            Require(
                !cache.Type.IsBlocked || (cache.Shape[2].IsConstant && cache.Shape[2].Value % cache.Type.BlockElements == 0),
                inputs, $"heads in a cache of {cache.Type} must have a multiple of {cache.Type.BlockElements} elements");
        }

        Require(queries.Shape[2] == keys.Shape[2], inputs, "queries and keys differ in head size");
        Require(
            keys.Shape[0] == values.Shape[0] && keys.Shape[1] == values.Shape[1], inputs,
            "keys and values differ in rows or heads");
        Require(queries.Shape[1].TryDivide(keys.Shape[1], out _), inputs, "the heads are no multiple of the key heads");
        for (var i = 3; i < 5; i++)
        {
            Require(
                inputs[i].Type == DType.I32 && inputs[i].Shape == [queries.Shape[0]], inputs,
                "takes one I32 position and sequence for every token");
        }

        Require(inputs[5].Type == DType.I32 && inputs[5].Shape.Rank == 2, inputs, "takes an I32 block table (sequences, blocks)");
        Require(
            !HasSinks || (inputs[6].Type == DType.F32 && inputs[6].Shape == [queries.Shape[1]]), inputs,
            "takes one F32 sink for every head");
        return (queries.Type, queries.Shape.With(2, values.Shape[2]));
    }
}
