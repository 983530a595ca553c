namespace Ashlar.Training;

/// <summary>What a step did.</summary>
/// <param name="Step">The step, counted from 1.</param>
/// <param name="Loss">The mean loss of its tokens before it, in nats.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="GradientNorm">The length of all gradients together, before they were scaled down.</param>
/// <param name="Tokens">The tokens of its rows.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record StepReport(long Step, double Loss, double LearningRate, double GradientNorm, long Tokens, double Seconds);
