using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Models.HuggingFace;

/// <summary>
/// The tensors of a Hugging Face model under GGUF's names and in GGUF's form: experts of a layer stacked, GPT-2's matrices turned, 1 added
/// to Gemma's norms. What needs no change stays where it is mapped.
/// </summary>
internal static unsafe class HuggingFaceWeights
{
    /// <exception cref="InvalidDataException">Experts of a layer are missing or differ.</exception>
    /// <exception cref="NotSupportedException">A tensor is not known to the architecture.</exception>
    public static IReadOnlyDictionary<string, TensorData> Read(SafetensorsFile file, ModelConfiguration configuration)
    {
        var (tensors, experts) = (new OrderedDictionary<string, TensorData>(), new OrderedDictionary<string, SortedDictionary<int, TensorData>>());
        foreach (var stored in file.Tensors.Values)
        {
            if (HuggingFaceNames.Of(stored.Name, configuration.Architecture) is not { } destination) continue;
            var data = TensorData.Wrap(stored.Pointer, file, stored.Type, [.. stored.Shape]);
            if (destination.Expert is { } expert)
            {
                if (!experts.TryGetValue(destination.Name, out var stack)) experts.Add(destination.Name, stack = []);
                stack[expert] = data;
                continue;
            }

            if (destination.IsTransposed) data = Transpose(data);
            if (configuration.Architecture == "gemma3" && destination.Name.EndsWith("norm.weight", StringComparison.Ordinal)) data = PlusOne(data);
            if (!tensors.TryAdd(destination.Name, data)) throw new InvalidDataException($"'{file.Paths[0]}': two tensors are '{destination.Name}'; get the model's files again");
        }

        foreach (var (name, stack) in experts) tensors[name] = Stack(file, name, stack, configuration.Experts?.Count ?? 0);
        return tensors;
    }

    private static TensorData Transpose(TensorData data) => Tensor.Weight(data).Permute(1, 0).Realize();

    private static TensorData PlusOne(TensorData data) => (Tensor.Weight(data).Cast(DType.F32) + 1).Realize();

    private static TensorData Stack(SafetensorsFile file, string name, SortedDictionary<int, TensorData> stack, int count)
    {
        var first = stack.Values.First();
        if (stack.Count != count || stack.Keys.Last() != count - 1 || stack.Values.Any(data => data.Type != first.Type || !data.Sizes.SequenceEqual(first.Sizes)))
        {
            throw new InvalidDataException($"'{file.Paths[0]}': the experts of '{name}' are not {count} matrices of one shape and type; get the model's files again");
        }

        var all = TensorData.Allocate(first.Type, [count, .. first.Sizes]);
        foreach (var (expert, data) in stack) Buffer.MemoryCopy(data.Pointer, all.Pointer + expert * first.Bytes, first.Bytes, first.Bytes);
        return all;
    }
}
