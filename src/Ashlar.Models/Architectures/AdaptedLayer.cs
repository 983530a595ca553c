namespace Ashlar.Models.Architectures;

/// <summary>
/// A linear layer that takes adapters: each token's result has B (A x) of its own adapter added, where there is one. The matrices
/// are states, which whoever runs the graph fills.
/// </summary>
/// <param name="Name">The layer by GGUF's name, <c>blk.0.attn_q</c>.</param>
/// <param name="Inputs">The size of x.</param>
/// <param name="Outputs">The size of the result.</param>
public sealed record AdaptedLayer(string Name, long Inputs, long Outputs)
{
    /// <summary>The state that holds A of each choice, its rows by eights: (choices, rank / 8, inputs, 8) F32.</summary>
    public string Down => $"adapter.{Name}.down";

    /// <summary>The state that holds B of each choice in panels of 16 outputs: (choices, ceil(outputs / 16), rank, 16) F32.</summary>
    public string Up => $"adapter.{Name}.up";

    /// <summary>The state that says the rank of each choice: (choices) I32; 0 for no adapter.</summary>
    public string Ranks => $"adapter.{Name}.ranks";
}
