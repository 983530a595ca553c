namespace Ashlar.Models.Architectures;

/// <summary>Room for adapters that a graph is built with.</summary>
/// <param name="Choices">Numbers that a token may choose from, the 0 of no adapter among them; 2 or more.</param>
/// <param name="Rank">The largest rank of an adapter, a multiple of 8.</param>
public sealed record AdapterCapacity(int Choices, int Rank);
