namespace Ashlar.Tensors.Operations;

/// <summary>
/// Writes rows into a state, in place. Inputs: state (rows, ...), a <see cref="State"/> or a store into one; values (n, ...)
/// of F32 or the state's type, F16, BF16 or Q8_0 where they differ; indices (n) I32, the row of the state that each goes to,
/// none twice. Result: the state after the write. Whoever reads the state must read this result, so that the order is in the
/// graph.
/// </summary>
internal sealed record Store : Op
{
    /// <inheritdoc/>
    public override string Name => "store";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 3);
        var (state, values, indices) = (inputs[0], inputs[1], inputs[2]);
        Require(state.Op is State or Store, inputs, "writes only into a state");
        Require(
            values.Type == state.Type || (values.Type == DType.F32 && state.Type is DType.F16 or DType.BF16 or DType.Q8_0),
            inputs, $"cannot write {values.Type} into {state.Type}");
        Require(
            !state.Type.IsBlocked
                || (state.Shape.Rank > 0 && state.Shape[^1].IsConstant && state.Shape[^1].Value % state.Type.BlockElements == 0),
            inputs, $"the last axis of a state of {state.Type} must be a multiple of {state.Type.BlockElements}");
        Require(indices.Type == DType.I32 && indices.Shape.Rank == 1, inputs, "the indices must be I32 of one axis");
        Require(state.Shape.Rank > 0 && values.Shape.Rank == state.Shape.Rank && values.Shape[0] == indices.Shape[0]
            && values.Shape.Skip(1).SequenceEqual(state.Shape.Skip(1)), inputs,
            "the values must be one row of the state for every index");
        return (state.Type, state.Shape);
    }
}
