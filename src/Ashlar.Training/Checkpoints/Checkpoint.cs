using Ashlar.Training.Data;

namespace Ashlar.Training.Checkpoints;

/// <summary>
/// What a run can go on from, to the bit: beside the tensors (weights, the optimizer's states, the weights' average), where it
/// stands. What is random follows from the seed, which is among the settings, and from the step.
/// </summary>
/// <param name="Step">How many steps were made.</param>
/// <param name="Position">Where the data stand.</param>
/// <param name="Settings">All that decides the bits of the next steps, by name.</param>
internal sealed record Checkpoint(long Step, DataPosition Position, IReadOnlyDictionary<string, string> Settings);
