using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Training.Models;

/// <summary>Adds what low-rank matrices give to the weights beside them: W + B A alpha / rank.</summary>
internal static class LoraMerge
{
    /// <summary>The model's weights with those of adapted layers changed.</summary>
    /// <param name="weights">The model's, F32.</param>
    /// <param name="matrices">The matrices as <c>LAYER.weight.lora_a</c> and <c>LAYER.weight.lora_b</c>.</param>
    /// <param name="form">Their form.</param>
    public static IEnumerable<KeyValuePair<string, TensorData>> Of(
        IReadOnlyDictionary<string, TensorData> weights, IReadOnlyDictionary<string, TensorData> matrices, LoraForm form)
    {
        foreach (var (name, weight) in weights)
        {
            yield return matrices.TryGetValue($"{name}.lora_a", out var down)
                ? new(name, Add(weight, down, matrices[$"{name}.lora_b"], form.Scale))
                : new(name, weight);
        }
    }

    private static TensorData Add(TensorData weight, TensorData down, TensorData up, double scale)
    {
        var (w, a, b) = (In("weight", weight), In("down", down), In("up", up));
        using var executable = new Executable(new Graph((w + b.MatMul(a) * scale).Node));
        executable.Bind("weight", weight);
        executable.Bind("down", down);
        executable.Bind("up", up);
        executable.Run();
        return executable.Output(0);

        static Tensor In(string key, TensorData data) => Tensor.Input(key, DType.F32, [.. data.Sizes]);
    }
}
