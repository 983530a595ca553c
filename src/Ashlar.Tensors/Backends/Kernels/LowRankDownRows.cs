namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Rows times small matrices of their own choice. A sum has an order that depends on the row's width alone.
/// <para>Range: groups of eight results, in each all rows. Arguments: rows (m, Width) F32;
/// matrices (choices, Rank / 8, Width, 8) F32; choices (m) I32; ranks (choices) I32; m; output
/// (m, Rank) F32.</para>
/// </summary>
/// <param name="width">Elements of a row, 1 or more.</param>
/// <param name="rank">Results of a row, a multiple of 8.</param>
internal sealed class LowRankDownRows(long width, int rank) : KernelSpecification
{
    public long Width => width;

    public int Rank => rank;

    public override int ArgumentCount => 6;

    public override string Key { get; } = $"low rank {width} down to {rank}";
}
