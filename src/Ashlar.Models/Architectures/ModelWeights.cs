using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>A model's tensors by GGUF's names, whatever file they came from; shapes are checked when one is taken.</summary>
internal class ModelWeights
{
    private readonly string _source;
    private readonly TokenBatch? _batch;
    private readonly IReadOnlyDictionary<string, TensorData> _data;
    private readonly Dictionary<string, Tensor> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ignored = new(StringComparer.Ordinal);

    /// <summary>Names the tensors of a model.</summary>
    /// <param name="source">The file or folder, for errors.</param>
    /// <param name="data">The tensors.</param>
    /// <param name="batch">Whose adapters linear layers take; null for none.</param>
    public ModelWeights(string source, IReadOnlyDictionary<string, TensorData> data, TokenBatch? batch = null) =>
        (_source, _data, _batch) = (source, data, batch);

    /// <summary>The tensors.</summary>
    protected IReadOnlyDictionary<string, TensorData> Data => _data;

    /// <summary>A tensor that must be there, as it is stored.</summary>
    /// <exception cref="InvalidDataException">It is missing, or of another shape; the message names it.</exception>
    public Tensor Get(string name, params ReadOnlySpan<long> sizes) => Find(name, sizes)
        ?? throw new InvalidDataException(
            $"model '{_source}': tensor '{name}' is missing; "
            + "convert the model again, or check that its architecture is what the file says");

    /// <summary>A tensor that may be there, as it is stored.</summary>
    public virtual Tensor? Find(string name, params ReadOnlySpan<long> sizes)
    {
        if (!_data.TryGetValue(name, out var data)) return null;
        if (!data.Sizes.SequenceEqual(sizes) || !(data.Type.IsFloat || data.Type.IsBlocked))
        {
            throw new InvalidDataException($"model '{_source}': tensor '{name}' is {data}, where weights "
                + $"({string.Join(", ", sizes.ToArray())}) are wanted; convert the model again, or check its configuration");
        }

        if (!_taken.TryGetValue(name, out var tensor)) _taken.Add(name, tensor = Leaf(name, data));
        return tensor;
    }

    /// <summary>A matrix that must be there, as the right operand of products.</summary>
    public Tensor Matrix(string name, params ReadOnlySpan<long> sizes) => ForProducts(Get(name, sizes));

    /// <summary>A matrix that may be there, as the right operand of products.</summary>
    public Tensor? FindMatrix(string name, params ReadOnlySpan<long> sizes) =>
        Find(name, sizes) is { } matrix ? ForProducts(matrix) : null;

    /// <summary>A vector that must be there, as F32.</summary>
    public Tensor Vector(string name, long size) => Get(name, size).Cast(DType.F32);

    /// <summary>A vector that may be there, as F32.</summary>
    public Tensor? FindVector(string name, long size) => Find(name, size)?.Cast(DType.F32);

    /// <summary>The elements of a small vector that may be there; empty where it is not.</summary>
    public virtual float[] Values(string name, long size) => FindVector(name, size)?.ToArray<float>() ?? [];

    /// <inheritdoc cref="TokenBatch.Adapt"/>
    public Tensor Adapt(string layer, Tensor x, Tensor y) => _batch?.Adapt(layer, x, y) ?? y;

    /// <summary>Marks a tensor as known and without effect.</summary>
    public void Ignore(string name) => _ignored.Add(name);

    /// <summary>Refuses a model with a tensor that was not taken: it would be computed wrongly in silence.</summary>
    /// <exception cref="InvalidDataException">A tensor was not used; the message names it.</exception>
    public void RequireAllTaken(string architecture)
    {
        var left = _data.Keys.FirstOrDefault(
            name => !_taken.ContainsKey(name) && !_ignored.Contains(name) && !IsBesideLogits(name));
        if (left is not null)
        {
            throw new InvalidDataException(
                $"model '{_source}': architecture '{architecture}' does not use tensor '{Printable.Name(left)}'; "
                + "the model is a variant that this version does not compute");
        }
    }

    /// <summary>A tensor of the model as a leaf of the graph.</summary>
    protected virtual Tensor Leaf(string name, TensorData data) => Tensor.Weight(data, name);

    /// <summary>A matrix in the form that products take.</summary>
    protected virtual Tensor ForProducts(Tensor matrix) => matrix;

    // Scales for quantizing activations (which are not quantized that way here), and the head of a classifier.
    private static bool IsBesideLogits(string name) =>
        name.EndsWith(".input_scale", StringComparison.Ordinal) || name.StartsWith("cls.", StringComparison.Ordinal);
}
