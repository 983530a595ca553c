using Ashlar.Tensors;

namespace Ashlar.Models.Training;

/// <summary>
/// The two matrices beside a linear layer, as inputs of a graph under the names that adapter files have for them.
/// </summary>
/// <param name="Down">A, (rank, inputs).</param>
/// <param name="Up">B, (outputs, rank).</param>
internal sealed record LoraPair(Tensor Down, Tensor Up)
{
    public static LoraPair Of(string layer, long inputs, long outputs, int rank) => new(
        Tensor.Input($"{layer}.weight.lora_a", DType.F32, [rank, inputs]),
        Tensor.Input($"{layer}.weight.lora_b", DType.F32, [outputs, rank]));
}
