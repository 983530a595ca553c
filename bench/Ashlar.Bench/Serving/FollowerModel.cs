using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Bench.Serving;

/// <summary>
/// A model in which every token has one follower, whatever comes before: its answer copies a passage of the prompt that is a
/// chain of followers. It is a given model at its full cost, but for two changes: what layers add is small beside the embedding,
/// and the row of logits of a token's follower is the token's embedding.
/// </summary>
internal static class FollowerModel
{
    private const float LayerShare = 1e-4f;

    /// <summary>The token that comes after a token.</summary>
    public static int FollowerOf(int token, int vocabulary) => (int)((token + Step(vocabulary)) % vocabulary);

    /// <summary>Writes the model as a GGUF file.</summary>
    public static void Write(LanguageModel model, string path)
    {
        var writer = new GgufWriter();
        writer.Add(model.Metadata!);
        var embedding = model.Tensors["token_embd.weight"];
        foreach (var (name, tensor) in model.Tensors)
        {
            if (name == "output.weight") continue;
            var isLayerNorm = name.StartsWith("blk.", StringComparison.Ordinal)
                && (name.EndsWith(".attn_norm.weight", StringComparison.Ordinal)
                    || name.EndsWith(".ffn_norm.weight", StringComparison.Ordinal));
            writer.AddTensor(name, tensor.Type, tensor.Sizes, stream =>
            {
                if (isLayerNorm) WriteSmall(stream, tensor);
                else WriteRows(stream, tensor, 0, tensor.Bytes);
            });
        }

        var vocabulary = (int)embedding.Sizes[0];
        var rowBytes = embedding.Bytes / vocabulary;
        var turn = Step(vocabulary) * rowBytes; // the row of token t stands at t + step
        writer.AddTensor("output.weight", embedding.Type, embedding.Sizes, stream =>
        {
            WriteRows(stream, embedding, embedding.Bytes - turn, turn);
            WriteRows(stream, embedding, 0, embedding.Bytes - turn);
        });
        writer.Write(path);
    }

    private static long Step(int vocabulary) => vocabulary / 3 | 1;

    private static void WriteSmall(Stream stream, TensorData tensor)
    {
        foreach (var value in tensor.AsSpan<float>()) stream.Write(BitConverter.GetBytes(value * LayerShare));
    }

    private static unsafe void WriteRows(Stream stream, TensorData tensor, long from, long count)
    {
        const int Most = 1 << 24;
        for (var end = from + count; from < end; from += Most)
        {
            stream.Write(new ReadOnlySpan<byte>(tensor.Pointer + from, (int)Math.Min(Most, end - from)));
        }
    }
}
