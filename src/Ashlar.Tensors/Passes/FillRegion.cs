using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>A tensor of one number.</summary>
internal sealed class FillRegion(Node node, Value output) : KernelRegion
{
    public override Dim Rows => node.Shape.Elements;

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments => [new Slot.Address(output)];

    public override Dim Operations => node.Shape.Elements;

    /// <summary>Whether a node is one number of 32 bits, or that again and again.</summary>
    public static bool Takes(Node node) =>
        node is { Realized: null, Type: DType.F32 or DType.I32 } && (node.Op is Constant || IsRepeated(node));

    /// <summary>Whether a node repeats a number, and so needs no memory of it.</summary>
    public static bool IsRepeated(Node node) => node is { Realized: null, Op: Expand, Type: DType.F32 or DType.I32 }
        && node.Inputs[0] is { Realized: null, Op: Constant };

    public override KernelSpecification Specification(long rows)
    {
        var constant = (Constant)(node.Op is Constant ? node.Op : node.Inputs[0].Op);
        return new FilledWords(BitsOf(constant));
    }

    /// <summary>The bits of a number of 32 bits.</summary>
    public static int BitsOf(Constant constant) => constant.Type == DType.F32
        ? BitConverter.SingleToInt32Bits((float)constant.Value)
        : (int)constant.Value;
}
