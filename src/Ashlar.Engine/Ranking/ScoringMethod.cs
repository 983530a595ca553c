namespace Ashlar.Engine;

/// <summary>How a document's relevance to a query becomes a number.</summary>
public enum ScoringMethod
{
    /// <summary>The cosine of the angle between their vectors, from -1 to 1: for embedding models.</summary>
    Similarity,

    /// <summary>
    /// The model reads both and is asked whether they fit; the probability of "yes" beside "no", from 0 to 1: for generative
    /// rerankers, such as Qwen3-Reranker (Zhang et al., 2025).
    /// </summary>
    Judgement,
}
