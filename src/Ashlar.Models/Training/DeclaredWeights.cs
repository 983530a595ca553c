using Ashlar.Models.Architectures;
using Ashlar.Tensors;

namespace Ashlar.Models.Training;

/// <summary>The tensors of a model that is yet to be made: those that its architecture asks for.</summary>
/// <param name="configuration">The model's numbers.</param>
/// <param name="isTied">Whether the embedding gives the logits too.</param>
internal sealed class DeclaredWeights(ModelConfiguration configuration, bool isTied)
    : ModelWeights("new model", new Dictionary<string, TensorData>())
{
    /// <summary>Names and sizes, in the order in which the architecture asked for them.</summary>
    public OrderedDictionary<string, long[]> Asked { get; } = new(StringComparer.Ordinal);

    public override Tensor? Find(string name, params ReadOnlySpan<long> sizes)
    {
        if (!IsOfNewModels(name)) return null;
        Asked.TryAdd(name, sizes.ToArray());
        return Tensor.Input(name, DType.F32, [.. sizes]);
    }

    public override float[] Values(string name, long size) => [];

    // What files may hold and a new model does without: scales of quantizing, and biases where only some models have them.
    private bool IsOfNewModels(string name) =>
        name == "output.weight" ? !isTied
        : name.EndsWith(".scale", StringComparison.Ordinal) || name == "output.bias" ? false
        : !name.EndsWith(".bias", StringComparison.Ordinal) || configuration.Architecture switch
        {
            "gpt2" => true,
            "qwen2" => name.Contains(".attn_q.", StringComparison.Ordinal) || name.Contains(".attn_k.", StringComparison.Ordinal)
                || name.Contains(".attn_v.", StringComparison.Ordinal),
            _ => false,
        };
}
