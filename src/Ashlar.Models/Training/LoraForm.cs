namespace Ashlar.Models.Training;

/// <summary>Which linear layers are trained through low-rank matrices beside them (Hu et al., 2021), and of what size.</summary>
/// <param name="Takes">Whether a layer has them, by GGUF's name: <c>blk.0.attn_q</c>.</param>
/// <param name="Rank">The size between the two, 1 or more.</param>
/// <param name="Alpha">What is added is scaled by this over the rank.</param>
public sealed record LoraForm(Func<string, bool> Takes, int Rank, double Alpha)
{
    /// <summary>The factor on what the matrices give.</summary>
    public double Scale => Alpha / Rank;
}
