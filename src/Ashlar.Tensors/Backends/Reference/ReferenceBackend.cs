using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Computes one operation at a time with plain loops: slow, right, and the oracle of every other backend. Each element is reduced
/// in an order that depends on its position alone, so that a value does not depend on what else is in the batch nor on the number
/// of threads.
/// </summary>
internal sealed unsafe class ReferenceBackend(int threads)
{
    private readonly ParallelLoop _loop = new(threads);

    /// <summary>
    /// Computes a node that is no leaf and no reshape into memory of its type and sizes (a store writes into its state).
    /// </summary>
    public void Compute(Node node, ReadOnlySpan<TensorData> inputs, TensorData output)
    {
        switch (node.Op)
        {
            case Constant constant: FillKernel.Constant(constant.Value, output); break;
            case Iota: FillKernel.Iota(output); break;
            case Unary unary: UnaryKernel.Run(unary.Function, inputs[0], output); break;
            case Binary binary: BinaryKernel.Run(binary.Function, inputs[0], inputs[1], output); break;
            case Select: SelectKernel.Run(inputs[0], inputs[1], inputs[2], output); break;
            case Cast: CastKernel.Run(inputs[0], output); break;
            case Reduce reduce: ReduceKernel.Run(reduce, inputs[0], output); break;
            case TopK: TopKKernel.Run(inputs[0], output); break;
            case Detach or After: Buffer.MemoryCopy(inputs[0].Pointer, output.Pointer, output.Bytes, inputs[0].Bytes); break;
            case Permute permute: MovementKernel.Permute(permute, inputs[0], output); break;
            case Slice slice: MovementKernel.Slice(slice, inputs[0], output); break;
            case Expand: MovementKernel.Expand(inputs[0], output); break;
            case Concat concat: MovementKernel.Concat(concat, inputs, output); break;
            case Gather gather: GatherKernel.Run(gather, inputs[0], inputs[1], output); break;
            case ScatterAdd: ScatterAddKernel.Run(inputs[0], inputs[1], output); break;
            case Store: StoreKernel.Run(inputs[0], inputs[1], inputs[2]); break;
            case MatMul matmul: MatMulKernel.Run(matmul, inputs[0], inputs[1], output, _loop); break;
            case GroupedMatMul: GroupedMatMulKernel.Run(inputs[0], inputs[1], inputs[2], output, _loop); break;
            case GroupedOuter: GroupedOuterKernel.Run(inputs[0], inputs[1], inputs[2], output, _loop); break;
            case LowRankDown: LowRankKernel.Down(inputs, output); break;
            case LowRankUp: LowRankKernel.Up(inputs, output); break;
            case Rotary rotary: RotaryKernel.Run(rotary, inputs[0], inputs[1], inputs[2], output); break;
            case Attention attention: AttentionKernel.Run(attention, inputs, output, _loop); break;
            default: throw new NotSupportedException($"the reference backend has no operation '{node.Op.Name}'");
        }
    }
}
