namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Sums plus small rows times matrices of their own choice. Each result begins with its sum and has the products added in the
/// order of the rank.
/// <para>Range: panels of sixteen columns. Arguments: sums (m, Width) F32; rows (m, Rank) F32; matrices (choices, panels, Rank, 16)
/// F32; choices (m) I32; ranks (choices) I32; m; output (m, Width) F32.</para>
/// </summary>
/// <param name="width">Elements of a sum, 1 or more.</param>
/// <param name="rank">Elements of a row.</param>
internal sealed class LowRankUpPanels(long width, int rank) : KernelSpecification
{
    public long Width => width;

    public int Rank => rank;

    public override int ArgumentCount => 7;

    public override string Key { get; } = $"low rank {rank} up to {width}";
}
