namespace Ashlar.Training;

/// <summary>How well the samples of a source are predicted that are held out.</summary>
/// <param name="Step">After so many steps.</param>
/// <param name="Source">The source.</param>
/// <param name="Loss">The mean loss of a token in nats.</param>
/// <param name="Tokens">The tokens that were predicted.</param>
public sealed record EvaluationReport(long Step, string Source, double Loss, double Tokens)
{
    /// <summary>e to the loss: among how many equally likely tokens the choice would be as hard.</summary>
    public double Perplexity => Math.Exp(Loss);
}
