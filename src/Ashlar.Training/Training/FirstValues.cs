using Ashlar.Tensors;
using Ashlar.Training.Data;
using Ashlar.Training.Models;
using Ashlar.Training.Parameters;

namespace Ashlar.Training;

/// <summary>
/// What parameters are before the first step: the model's weights. Of low-rank matrices, the first is random and the second zero,
/// so that the model begins as it was (Hu and others, 2021).
/// </summary>
internal static class FirstValues
{
    public static unsafe void Fill(Parameter parameter, TensorData values, TrainedModel model, ulong seed)
    {
        if (model.Weights.TryGetValue(parameter.Name, out var weights))
        {
            Buffer.MemoryCopy(weights.Pointer, values.Pointer, values.Bytes, weights.Bytes);
            GC.KeepAlive(weights);
            return;
        }

        if (!parameter.Name.EndsWith(".lora_a", StringComparison.Ordinal)) return;
        var bound = Math.Sqrt(1.0 / parameter.Sizes[1]);
        var of = Hash.Of(seed, Hash.Of(parameter.Name));
        var numbers = values.AsSpan<float>();
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)(((2 * Hash.Uniform(Hash.Of(of, (ulong)i))) - 1) * bound);
        }
    }
}
