namespace Ashlar.Engine.Sampling;

/// <summary>A stage of sampling that changes logits.</summary>
internal interface ILogitStage
{
    /// <param name="logits">One for each token of the vocabulary, changed in place.</param>
    void Apply(Span<float> logits);
}
