namespace Ashlar.Engine;

/// <summary>How well a document fits a query.</summary>
/// <param name="Index">The document's place among those that were given.</param>
/// <param name="Score">The higher, the better; its range is the <see cref="ScoringMethod"/>'s.</param>
/// <param name="PromptTokens">Tokens that the model has read for it; those of the query alone are not among them.</param>
public readonly record struct DocumentScore(int Index, float Score, int PromptTokens);
