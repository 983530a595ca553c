namespace Ashlar.Tensors.Passes;

/// <summary>What is prepared by the calling thread before each run, once for all layers that need the same.</summary>
internal abstract record Preparation
{
    /// <summary>The batch's tokens cut into items: neighbours of one sequence at successive positions.</summary>
    /// <param name="Positions">The position of each token.</param>
    /// <param name="Sequences">The sequence of each token.</param>
    /// <param name="Group">Heads that share a key head.</param>
    /// <param name="KeyHeads">Heads of a key.</param>
    public sealed record Items(Value Positions, Value Sequences, int Group, int KeyHeads) : Preparation;

    /// <summary>Cosines and sines of all positions that a run has.</summary>
    /// <param name="Frequencies">Radians per position of each pair, F32.</param>
    /// <param name="Magnitude">The factor on cosines and sines.</param>
    /// <param name="Positions">The position of each token.</param>
    public sealed record Angles(TensorData Frequencies, double Magnitude, Value Positions) : Preparation;
}
