using Ashlar.Models.Architectures;
using Ashlar.Tensors;

namespace Ashlar.Models.Training;

/// <summary>A model's graph in the form that is differentiated: the architecture's own, with inputs for weights.</summary>
public sealed class TrainingGraph
{
    private readonly ModelWeights _weights;
    private readonly ModelConfiguration _configuration;

    private TrainingGraph(
        ModelConfiguration configuration, ModelWeights weights, Tensor rows, OrderedDictionary<string, Tensor> leaves,
        OrderedDictionary<string, Tensor> adapters) =>
        (_configuration, _weights, Rows, Weights, Adapters) = (configuration, weights, rows, leaves, adapters);

    /// <summary>The rows behind the last norm, (tokens, width).</summary>
    public Tensor Rows { get; }

    /// <summary>The model's tensors as inputs, F32, bound by GGUF's names.</summary>
    public OrderedDictionary<string, Tensor> Weights { get; }

    /// <summary>The low-rank matrices as inputs, F32, bound by the names that adapter files have; none without LoRA.</summary>
    public OrderedDictionary<string, Tensor> Adapters { get; }

    /// <summary>Builds the graph.</summary>
    /// <param name="source">The model's name, for errors.</param>
    /// <param name="configuration">The numbers that shape the model.</param>
    /// <param name="tensors">The model's tensors, of which names and sizes are read, and the divisors of rotary
    /// frequencies.</param>
    /// <param name="batch">The inputs.</param>
    /// <param name="products">The type of matrices in products: F32, or BF16.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen, or not used; the message names it.</exception>
    /// <exception cref="NotSupportedException">The architecture is not supported; the message names it.</exception>
    public static TrainingGraph Build(string source, ModelConfiguration configuration,
        IReadOnlyDictionary<string, TensorData> tensors, TrainingBatch batch, DType products = DType.F32)
    {
        var weights = new TrainedWeights(source, tensors, batch, products);
        var (rows, norm) = Architecture.Of(source, configuration.Architecture)(configuration, weights, batch);
        rows = norm(rows);
        _ = rows.Slice(0, 0, 1).Logits(weights, configuration); // takes the output matrix, which decides what is left over
        weights.RequireAllTaken(configuration.Architecture);
        var adapters = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (layer, (down, up)) in batch.Adapted)
        {
            adapters.Add($"{layer}.weight.lora_a", down);
            adapters.Add($"{layer}.weight.lora_b", up);
        }

        return new TrainingGraph(configuration, weights, rows, weights.Leaves, adapters);
    }

    /// <summary>The logits of some of <see cref="Rows"/>: (rows, width) to (rows, vocabulary).</summary>
    public Tensor LogitsOf(Tensor rows) => rows.Logits(_weights, _configuration);
}
