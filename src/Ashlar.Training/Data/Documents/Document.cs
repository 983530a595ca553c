namespace Ashlar.Training.Data.Documents;

/// <summary>A text as tokens.</summary>
/// <param name="Tokens">The ids.</param>
/// <param name="Learnt">For each, whether it is to be learnt; null for all.</param>
internal readonly record struct Document(int[] Tokens, bool[]? Learnt = null);
