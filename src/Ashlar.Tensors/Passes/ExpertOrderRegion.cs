using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>Rows sorted by the expert that each goes to.</summary>
/// <param name="experts">How many experts there are.</param>
/// <param name="groups">The expert of each row.</param>
/// <param name="starts">Receives where each expert's rows begin.</param>
/// <param name="order">Receives the rows, sorted.</param>
internal sealed class ExpertOrderRegion(int experts, Value groups, Value starts, Value order) : KernelRegion
{
    public override Dim Rows => order.Node.Shape[0];

    public override Extent Range => new(1);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(groups), new Slot.Count(Rows), new Slot.Address(starts), new Slot.Address(order)];

    public override Dim Operations => Rows;

    public override KernelSpecification Specification(long count) => new ExpertOrder(experts);
}
