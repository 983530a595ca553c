namespace Ashlar.Training.Tokenizers;

/// <summary>How far the training of a vocabulary is.</summary>
/// <param name="BytesRead">Bytes of text that were counted; 0 once merges are learned.</param>
/// <param name="Merges">Merges that were learned; 0 while text is counted.</param>
/// <param name="MostMerges">How many there will be at most.</param>
public readonly record struct BytePairProgress(long BytesRead, int Merges, int MostMerges);
