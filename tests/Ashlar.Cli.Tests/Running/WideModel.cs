using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Ashlar.Cli.Tests.Running;

/// <summary>
/// A random model of one small layer, whose table of tokens is nearly all of its file and its output matrix too: what is done to
/// the table alone shows in the memory of a run.
/// </summary>
internal static class WideModel
{
    private const int Vocabulary = 131_072, Width = 1024, Heads = 8, KeyHeads = 2, HeadSize = 64, FeedForward = 1024;

    /// <summary>Bytes of keys and values of a token.</summary>
    public const long CacheBytes = 2 * KeyHeads * HeadSize * sizeof(ushort);

    /// <summary>Writes it, in BF16, into a folder.</summary>
    /// <returns>Bytes of the weights' file.</returns>
    public static long Write(TemporaryFolder folder)
    {
        folder.Write("config.json", JsonSerializer.Serialize(new
        {
            model_type = "llama",
            vocab_size = Vocabulary,
            hidden_size = Width,
            num_hidden_layers = 1,
            num_attention_heads = Heads,
            num_key_value_heads = KeyHeads,
            head_dim = HeadSize,
            intermediate_size = FeedForward,
            max_position_embeddings = 8192,
            rms_norm_eps = 1e-5,
            tie_word_embeddings = true,
        }));

        (string Name, long[] Sizes)[] tensors =
        [
            ("embed_tokens", [Vocabulary, Width]), ("norm", [Width]),
            ("layers.0.input_layernorm", [Width]), ("layers.0.post_attention_layernorm", [Width]),
            ("layers.0.self_attn.q_proj", [Heads * HeadSize, Width]), ("layers.0.self_attn.k_proj", [KeyHeads * HeadSize, Width]),
            ("layers.0.self_attn.v_proj", [KeyHeads * HeadSize, Width]), ("layers.0.self_attn.o_proj", [Width, Heads * HeadSize]),
            ("layers.0.mlp.gate_proj", [FeedForward, Width]), ("layers.0.mlp.up_proj", [FeedForward, Width]),
            ("layers.0.mlp.down_proj", [Width, FeedForward]),
        ];
        var end = 0L;
        var header = tensors.ToDictionary(tensor => $"model.{tensor.Name}.weight", tensor =>
        {
            var begin = end;
            end += Bytes(tensor.Sizes);
            return new { dtype = "BF16", shape = tensor.Sizes, data_offsets = (long[])[begin, end] };
        });

        var json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        Array.Resize(ref json, (json.Length + 7) / 8 * 8); // filled up below
        json.AsSpan(json.AsSpan().LastIndexOf((byte)'}') + 1).Fill((byte)' ');
        using var file = File.Create(folder.File("model.safetensors"));
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        file.Write(length);
        file.Write(json);
        var numbers = SmallNumbers();
        for (var written = 0L; written < end; written += numbers.Length)
        {
            file.Write(numbers, 0, (int)Math.Min(numbers.Length, end - written));
        }

        return file.Length;
    }

    private static long Bytes(long[] sizes) => sizes.Aggregate((long)sizeof(ushort), (product, size) => product * size);

    // From 2^-6 to 2^-4, of both signs.
    private static byte[] SmallNumbers()
    {
        var (random, numbers) = (new Random(1), new byte[16 << 20]);
        random.NextBytes(numbers);
        for (var i = 1; i < numbers.Length; i += 2) numbers[i] = (byte)(numbers[i] & 0x80 | 0x3C | numbers[i] & 1);
        return numbers;
    }
}
