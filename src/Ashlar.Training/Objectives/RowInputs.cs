using Ashlar.Tensors;
using Ashlar.Training.Data.Packing;

namespace Ashlar.Training.Objectives;

/// <summary>Packed rows as a graph's inputs.</summary>
internal sealed class RowInputs
{
    private const string TargetsKey = "targets", WeightsKey = "weights";

    /// <summary>Memory for so many tokens.</summary>
    public RowInputs(int tokens)
    {
        ByKey = ((string[])["tokens", "positions", "segments", TargetsKey]).ToDictionary(
            key => key, _ => TensorData.Zeros(DType.I32, tokens));
        ByKey.Add(WeightsKey, TensorData.Zeros(DType.F32, tokens));
    }

    /// <summary>The memory of each input.</summary>
    public Dictionary<string, TensorData> ByKey { get; }

    /// <summary>The input of targets, (tokens) I32.</summary>
    public static Tensor Targets(int tokens) => Tensor.Input(TargetsKey, DType.I32, [tokens]);

    /// <summary>The input of weights, (tokens) F32.</summary>
    public static Tensor Weights(int tokens) => Tensor.Input(WeightsKey, DType.F32, [tokens]);

    /// <summary>Copies a batch.</summary>
    public void Take(PackedRows batch)
    {
        Copy("tokens", batch.Tokens);
        Copy("positions", batch.Positions);
        Copy("segments", batch.Segments);
        Copy(TargetsKey, batch.Targets);
        batch.Weights.CopyTo(ByKey[WeightsKey].AsSpan<float>());
    }

    private void Copy(string key, int[] values) => values.CopyTo(ByKey[key].AsSpan<int>());
}
