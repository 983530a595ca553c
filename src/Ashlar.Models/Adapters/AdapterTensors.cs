using Ashlar.Models.Architectures;
using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Models.Adapters;

/// <summary>Collects an adapter's tensors and makes matrices of them, once their shapes are known to fit the model.</summary>
/// <param name="source">The file or folder, for errors.</param>
/// <param name="model">The model that the adapter is for.</param>
/// <param name="layout">How the heads of queries and keys lie in the adapter.</param>
internal sealed class AdapterTensors(string source, LanguageModel model, RotaryLayout layout)
{
    /// <summary>Ranks in use are 4 to 256.</summary>
    private const int MostRank = 1024;

    private const int MostBytes = 1 << 28; // of a matrix

    private const string Mend = "get the adapter again, or one that was made for this model";

    private readonly Dictionary<string, (StoredTensor? Down, StoredTensor? Up)> _layers = new(StringComparer.Ordinal);

    /// <summary>Takes in a tensor.</summary>
    /// <param name="layer">The layer by GGUF's name.</param>
    /// <param name="tensor">A, (rank, inputs), or B, (outputs, rank).</param>
    /// <param name="isUp">Whether it is B.</param>
    public void Add(string layer, StoredTensor tensor, bool isUp)
    {
        if (!model.AdaptableLayers.ContainsKey(layer))
        {
            throw new NotSupportedException(
                $"adapter '{source}': tensor '{Printable.Name(tensor.Name)}' changes '{Printable.Name(layer)}', which is no linear "
                + "layer of attention or of a dense feed-forward of this model; use an adapter of those alone");
        }

        var (down, up) = _layers.GetValueOrDefault(layer);
        if ((isUp ? up : down) is not null) throw Fail($"has two tensors like '{Printable.Name(tensor.Name)}'");
        _layers[layer] = isUp ? (down, tensor) : (tensor, up);
    }

    /// <summary>The adapter.</summary>
    /// <param name="scaleOf">The factor on the product, by the rank.</param>
    public LoraAdapter Build(Func<int, double> scaleOf)
    {
        if (_layers.Count == 0) throw Fail("has no matrices");
        var layers = new SortedDictionary<string, LoraMatrices>(StringComparer.Ordinal);
        foreach (var (name, (down, up)) in _layers)
        {
            if (down is null || up is null)
            {
                throw Fail($"has only one of the two matrices of '{name}', '{Printable.Name((down ?? up)!.Name)}'");
            }

            layers.Add(name, Matrices(model.AdaptableLayers[name], down, up, scaleOf));
        }

        return new(source, layers);
    }

    public InvalidDataException Fail(string problem) => new($"adapter '{source}' {problem}; {Mend}");

    private LoraMatrices Matrices(AdaptedLayer layer, StoredTensor down, StoredTensor up, Func<int, double> scaleOf)
    {
        var rank = down.Shape.Count == 2 ? down.Shape[0] : 0;
        if (rank is < 1 or > MostRank) throw Misshapen(down, $"(rank, {layer.Inputs}) with a rank from 1 to {MostRank}");
        if (!down.Shape.SequenceEqual([rank, layer.Inputs])) throw Misshapen(down, $"({rank}, {layer.Inputs})");
        if (!up.Shape.SequenceEqual([layer.Outputs, rank])) throw Misshapen(up, $"({layer.Outputs}, {rank})");
        var (a, b) = (Numbers(down), Numbers(up));
        var scale = (float)scaleOf((int)rank);
        foreach (ref var value in b.AsSpan()) value *= scale;
        if (!float.IsFinite(scale) || b.Any(value => !float.IsFinite(value))) throw NotFinite(up);
        return new((int)rank, a, Arrange(layer.Name, b, (int)rank));
    }

    private float[] Numbers(StoredTensor tensor)
    {
        if (!(tensor.Type.IsFloat || tensor.Type.IsBlocked) || tensor.ByteLength > MostBytes)
        {
            throw Fail($"has tensor '{Printable.Name(tensor.Name)}' of {tensor.ElementCount} {tensor.Type}, "
                + $"where floating-point numbers of at most {MostBytes} bytes are wanted");
        }

        var numbers = new float[tensor.ElementCount];
        NumberFormats.Dequantize(tensor.Type, tensor.Bytes, numbers);
        return Array.TrueForAll(numbers, float.IsFinite) ? numbers : throw NotFinite(tensor);
    }

    // The pairs that a rotary embedding turns lie side by side in GGUF files of some architectures: rows (0, 1) (2, 3) ... of a
    // head are there what elsewhere are the first rows of its two halves, then the second, and so on.
    private float[] Arrange(string layer, float[] up, int rank)
    {
        var configuration = model.Configuration;
        var heads = layer.EndsWith(".attn_q", StringComparison.Ordinal) ? configuration.Heads
            : layer.EndsWith(".attn_k", StringComparison.Ordinal) ? configuration.KeyHeads
            : 0;
        if (heads == 0 || configuration.Rotary is not { } rotary || rotary.Layout == layout) return up;
        var arranged = new float[up.Length];
        var (size, half) = (configuration.HeadSize, configuration.HeadSize / 2);
        for (var row = 0; row < heads * size; row++)
        {
            var (head, place) = (row / size * size, row % size);
            var paired = head + (place < half ? 2 * place : 2 * (place - half) + 1); // where a row of halves lies in pairs
            var (from, to) = layout == RotaryLayout.Halves ? (row, paired) : (paired, row);
            up.AsSpan(from * rank, rank).CopyTo(arranged.AsSpan(to * rank, rank));
        }

        return arranged;
    }

    private InvalidDataException Misshapen(StoredTensor tensor, string wanted) => Fail(
        $"has tensor '{Printable.Name(tensor.Name)}' of shape ({string.Join(", ", tensor.Shape)}), where the model takes {wanted}");

    private InvalidDataException NotFinite(StoredTensor tensor) =>
        Fail($"has numbers in tensor '{Printable.Name(tensor.Name)}' that are not finite, or are not once they are scaled");
}
