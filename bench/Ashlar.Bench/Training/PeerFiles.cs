using System.Globalization;
using System.Runtime.InteropServices;
using Ashlar.Models.Safetensors;
using Ashlar.Models.Training;
using Ashlar.Tensors;

namespace Ashlar.Bench.Training;

/// <summary>
/// What two programs train from: new weights as safetensors, whose metadata hold the configuration, and tokens as little-endian
/// I32, of which each step takes the next <c>rows * (length + 1)</c>.
/// </summary>
internal static class PeerFiles
{
    private const int TokenCount = 1 << 20;

    /// <summary>Writes <c>weights.safetensors</c> and <c>tokens.i32</c>.</summary>
    public static unsafe void Write(ModelShape shape, string folder)
    {
        Directory.CreateDirectory(folder);
        var writer = new SafetensorsWriter();
        writer.Add("architecture", shape.Architecture);
        writer.Add("layers", Text(shape.Layers));
        writer.Add("heads", Text(shape.Heads));
        writer.Add("key_heads", Text(shape.KeyHeads));
        writer.Add("head_size", Text(shape.HeadSize));
        writer.Add("width", Text(shape.Width));
        writer.Add("feed_forward", Text(shape.FeedForward));
        writer.Add("vocabulary", Text(shape.VocabularySize));
        writer.Add("context", Text(shape.ContextLength));
        writer.Add("norm_epsilon", shape.NormEpsilon.ToString("R", CultureInfo.InvariantCulture));
        writer.Add("rotary_base", shape.RotaryBase.ToString("R", CultureInfo.InvariantCulture));
        foreach (var (name, sizes) in shape.Tensors())
        {
            var data = TensorData.Zeros(DType.F32, sizes);
            NewWeights.Fill(name, data, shape.Layers, seed: 1);
            writer.AddTensor(name, DType.F32, sizes, stream => stream.Write(new ReadOnlySpan<byte>(data.Pointer, (int)data.Bytes)));
        }

        writer.Write(Path.Combine(folder, "weights.safetensors"));
        File.WriteAllBytes(
            Path.Combine(folder, "tokens.i32"), MemoryMarshal.AsBytes(Tokens(shape.VocabularySize).AsSpan()));
    }

    /// <summary>The shape that a weights file was written for.</summary>
    public static ModelShape ShapeOf(IReadOnlyDictionary<string, string> metadata)
    {
        return new ModelShape
        {
            Architecture = metadata["architecture"],
            VocabularySize = Number("vocabulary"),
            ContextLength = Number("context"),
            Width = Number("width"),
            Layers = Number("layers"),
            FeedForward = Number("feed_forward"),
            Heads = Number("heads"),
            KeyHeads = Number("key_heads"),
            HeadSize = Number("head_size"),
            NormEpsilon = double.Parse(metadata["norm_epsilon"], CultureInfo.InvariantCulture),
            RotaryBase = double.Parse(metadata["rotary_base"], CultureInfo.InvariantCulture),
        };

        int Number(string key) => int.Parse(metadata[key], CultureInfo.InvariantCulture);
    }

    // Three of four times the next token follows from the one before; so there is something to learn, for long.
    private static int[] Tokens(int vocabulary)
    {
        var random = new Random(1);
        var tokens = new int[TokenCount];
        for (var i = 1; i < tokens.Length; i++)
        {
            tokens[i] = random.Next(4) == 0 ? random.Next(vocabulary) : (int)(((long)tokens[i - 1] * 31 + 7) % vocabulary);
        }

        return tokens;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
