namespace Ashlar.Models.Adapters;

/// <summary>What an adapter adds to one layer: Up (Down x).</summary>
/// <param name="Rank">The size between the two.</param>
/// <param name="Down">A, (rank, inputs).</param>
/// <param name="Up">B times the adapter's scale, (outputs, rank).</param>
public sealed record LoraMatrices(int Rank, ReadOnlyMemory<float> Down, ReadOnlyMemory<float> Up);
