namespace Ashlar.Training.Data;

/// <summary>
/// Where in the data a run stands: with the seed, all that decides which samples come next.
/// </summary>
/// <param name="Drawn">Documents drawn from all sources.</param>
/// <param name="Taken">For each source, how far it was walked through, over all its epochs.</param>
/// <param name="Source">The source of the document that the last row cut; -1 for none.</param>
/// <param name="Document">That document.</param>
/// <param name="Offset">Its first token that was not yet given.</param>
public sealed record DataPosition(long Drawn, IReadOnlyList<long> Taken, int Source = -1, long Document = 0, int Offset = 0);
