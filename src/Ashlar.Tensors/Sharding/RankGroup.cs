namespace Ashlar.Tensors.Sharding;

/// <summary>The ranks that a graph is cut for.</summary>
/// <param name="Rank">The one whose part is wanted, from 0.</param>
/// <param name="Count">How many there are, 1 or more.</param>
/// <param name="Exchange">
/// Replaces elements by their sum over all ranks, and returns when they are there. Called in the middle of a run, on the thread
/// that runs, in the same order on every rank.
/// </param>
public sealed record RankGroup(int Rank, int Count, Action<TensorData> Exchange);
