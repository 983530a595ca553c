using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Models.HuggingFace;

/// <summary>
/// The tensors of a Hugging Face model under GGUF's names and in GGUF's form: experts of a layer stacked, GPT-2's matrices
/// turned, 1 added to Gemma's norms. What needs no change stays where it is mapped.
/// </summary>
internal sealed unsafe class HuggingFaceWeights
{
    private readonly string _folder;
    private readonly ModelConfiguration _configuration;
    private readonly OrderedDictionary<string, TensorData> _tensors = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, SortedDictionary<int, TensorData>> _experts = new(StringComparer.Ordinal);

    private HuggingFaceWeights(string folder, ModelConfiguration configuration) =>
        (_folder, _configuration) = (folder, configuration);

    /// <param name="folder">The folder, for errors.</param>
    /// <param name="file">The tensors as stored.</param>
    /// <param name="configuration">The model that they are of.</param>
    /// <param name="isTied">Whether the embedding is the output matrix too; then one that is stored besides has no
    /// effect.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or misshapen, experts of a layer are missing or differ; the
    /// message names it.</exception>
    /// <exception cref="NotSupportedException">A tensor is not known to the architecture.</exception>
    public static IReadOnlyDictionary<string, TensorData> Read(
        string folder, SafetensorsFile file, ModelConfiguration configuration, bool isTied)
    {
        var weights = new HuggingFaceWeights(folder, configuration);
        foreach (var stored in file.Tensors.Values)
        {
            if (HuggingFaceNames.Of(folder, stored.Name, configuration.Architecture) is { } destination)
            {
                weights.Add(stored.Name, stored.Wrap(file), destination);
            }
        }

        foreach (var (name, stack) in weights._experts) weights.Stack(name, stack);
        if (isTied)
        {
            weights._tensors.Remove("output.weight");
        }
        else if (!weights._tensors.ContainsKey("output.weight"))
        {
            throw weights.Fail(
                "tensor 'lm_head.weight' is missing, and 'tie_word_embeddings' does not say that the embedding takes its place");
        }

        return weights._tensors;
    }

    private void Add(string name, TensorData data, Destination destination)
    {
        if (!data.Type.IsFloat) throw Fail($"tensor '{Printable.Name(name)}' is {data}, where floating-point numbers are wanted");
        if (destination.Expert is { } expert)
        {
            if (!_experts.TryGetValue(destination.Name, out var stack)) _experts.Add(destination.Name, stack = []);
            if (!stack.TryAdd(expert, data)) throw Twice(name, destination);
            return;
        }

        if (destination.IsTransposed)
        {
            data = data.Sizes.Length == 2
                ? Transpose(data)
                : throw Fail($"tensor '{Printable.Name(name)}' is {data}, where a matrix is wanted");
        }

        if (_configuration.Architecture == "gemma3" && destination.Name.EndsWith("norm.weight", StringComparison.Ordinal))
        {
            data = PlusOne(data);
        }

        if (!_tensors.TryAdd(destination.Name, data)) throw Twice(name, destination);
    }

    private static TensorData Transpose(TensorData data) => Tensor.Weight(data).Permute(1, 0).Realize();

    private static TensorData PlusOne(TensorData data) => (Tensor.Weight(data).Cast(DType.F32) + 1).Realize();

    private void Stack(string name, SortedDictionary<int, TensorData> stack)
    {
        var (first, count) = (stack.Values.First(), _configuration.Experts?.Count ?? 0);
        if (stack.Count != count || stack.Keys.Last() != count - 1) throw Fail($"'{name}' has {stack.Count} experts of {count}");
        foreach (var (expert, data) in stack)
        {
            var isAlike = data.Type == first.Type && data.Sizes.SequenceEqual(first.Sizes);
            if (!isAlike) throw Fail($"expert {expert} of '{name}' is {data}, where the first is {first}");
        }

        var all = TensorData.Allocate(first.Type, [count, .. first.Sizes]);
        foreach (var (expert, data) in stack)
        {
            Buffer.MemoryCopy(data.Pointer, all.Pointer + expert * first.Bytes, first.Bytes, first.Bytes);
        }

        if (!_tensors.TryAdd(name, all)) throw Fail($"'{name}' is there twice, as experts and as one tensor");
    }

    private InvalidDataException Twice(string name, Destination destination) =>
        Fail($"tensor '{Printable.Name(name)}' and another are both '{Printable.Name(destination.Name)}'");

    private InvalidDataException Fail(string problem) => new($"'{_folder}': {problem}; get the model's files again");
}
