using Ashlar.Models.Architectures;
using Ashlar.Tensors;

namespace Ashlar.Models.Training;

/// <summary>A model's tensors as inputs of a graph, so that whoever trains them owns their memory.</summary>
internal sealed class TrainedWeights(
    string source, IReadOnlyDictionary<string, TensorData> data, TrainingBatch batch, DType products)
    : ModelWeights(source, data, batch)
{
    private readonly OrderedDictionary<string, Tensor> _leaves = new(StringComparer.Ordinal);

    /// <summary>The inputs, in the order in which the architecture asked for them.</summary>
    public OrderedDictionary<string, Tensor> Leaves => _leaves;

    // The frequencies' divisors are numbers of the architecture, and are known when the graph is built.
    public override float[] Values(string name, long size)
    {
        if (!Data.TryGetValue(name, out var values)) return [];
        Ignore(name);
        return Tensor.Weight(values).Cast(DType.F32).ToArray<float>();
    }

    protected override Tensor Leaf(string name, TensorData values)
    {
        var leaf = Tensor.Input(name, DType.F32, [.. values.Sizes]);
        _leaves.Add(name, leaf);
        return leaf;
    }

    protected override Tensor ForProducts(Tensor matrix) => matrix.Cast(products);
}
