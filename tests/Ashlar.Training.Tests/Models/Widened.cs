using Ashlar.Tensors;
using Ashlar.Tensors.Operations;

namespace Ashlar.Training.Tests.Models;

/// <summary>A graph of F32 as the same graph of F64, so that differences tell gradients to many digits.</summary>
internal static class Widened
{
    /// <summary>The nodes by those that they were made from.</summary>
    public static Dictionary<Node, Node> Of(Node output)
    {
        var wide = new Dictionary<Node, Node>();
        foreach (var node in new Graph(output).Nodes)
        {
            var inputs = node.Inputs.Select(input => wide[input]).ToArray();
            wide[node] = node.Op switch
            {
                _ when node.Type == DType.F32 && (node.Realized ?? (node.Op as Weight)?.Data) is { } data =>
                    Tensor.Weight(Tensor.Weight(data).Cast(DType.F64).Realize()).Node,
                Input input when node.Type == DType.F32 => Tensor.Input(input.Key, DType.F64, input.Shape).Node,
                Constant constant when node.Type == DType.F32 => Tensor.Scalar(constant.Value, DType.F64).Node,
                Cast { To: DType.F32 } => new Tensor(inputs[0]).Cast(DType.F64).Node,
                Rotary => new Node(node.Op, [inputs[0], inputs[1], node.Inputs[2]]), // whose frequencies are always F32
                _ => inputs.Length == 0 ? node : new Node(node.Op, inputs),
            };
        }

        return wide;
    }
}
