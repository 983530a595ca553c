namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Sorts rows by the expert they go to, equal ones in their order: what <see cref="GroupedWeightMatMul"/> takes. A number out of
/// range counts as the nearest expert's.
/// <para>Range: one, the whole. Arguments: the expert of each row (m) I32; the number of rows m; output: for each expert the
/// first of its places in the next list (Experts + 1) I32; output: the rows, sorted (m) I32.</para>
/// </summary>
/// <param name="experts">How many experts there are, 1 or more.</param>
internal sealed class ExpertOrder(int experts) : KernelSpecification
{
    public int Experts => experts;

    public override int ArgumentCount => 4;

    public override string Key { get; } = $"order of {experts} experts";
}
