namespace Ashlar.Training.Scaling;

/// <summary>A small run that a prediction is made from.</summary>
/// <param name="Compute">Multiplications and additions of the run.</param>
/// <param name="Loss">The mean loss of what was held out, in nats.</param>
/// <param name="Parameters">How many numbers were trained.</param>
/// <param name="Tokens">How many tokens they were trained on.</param>
public sealed record LadderRun(double Compute, double Loss, long Parameters, double Tokens);
