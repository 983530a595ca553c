using Ashlar.Models.Gguf;
using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Engine.Tests.HuggingFace;

/// <summary>A tensor of a tiny model, as numbers that its type holds exactly.</summary>
internal sealed record TinyTensor(long[] Shape, float[] Values)
{
    public int Columns => (int)Shape[^1];

    public byte[] Bytes(DType type)
    {
        var bytes = new byte[type.ByteLength(Values.Length)];
        if (type == DType.F32) Buffer.BlockCopy(Values, 0, bytes, 0, bytes.Length);
        else NumberFormats.Quantize(type, Values, bytes);
        return bytes;
    }
}

/// <summary>
/// A random model of an architecture, small enough to run in a test: GGUF's tensors, and the sizes in GGUF's metadata.
/// </summary>
internal sealed class TinyModel
{
    public const int Vocabulary = 64;
    public const int Context = 64;
    public const int Width = 48;
    public const int Layers = 3;
    public const int Heads = 4;
    public const int KeyHeads = 2;
    public const int Experts = 4;

    private readonly Random _random = new(20_260_314);
    private readonly DType _type;

    /// <param name="architecture">GGUF's name.</param>
    /// <param name="type">How all tensors are stored.</param>
    /// <param name="isTied">Whether the embedding is the output matrix too.</param>
    /// <param name="hasExperts">Whether layers have experts in place of a dense feed-forward.</param>
    /// <param name="hasBiases">Whether queries, keys, values and what attention gives have biases.</param>
    /// <param name="inner">The inner size of a feed-forward.</param>
    public TinyModel(
        string architecture, DType type, bool isTied, bool hasExperts = false, bool hasBiases = false, int inner = 40)
    {
        (Architecture, _type, Inner) = (architecture, type, inner);
        Matrix("token_embd", Vocabulary, Width);
        for (var layer = 0; layer < Layers; layer++) Block($"blk.{layer}", hasExperts, hasBiases);
        Norm("output_norm", Width);
        if (architecture == "gpt2") Matrix("position_embd", Context, Width);
        if (!isTied) Matrix("output", Vocabulary, Width);
    }

    public string Architecture { get; }

    public OrderedDictionary<string, TinyTensor> Tensors { get; } = [];

    public int Inner { get; }

    public int HeadSize => Architecture == "gpt2" ? Width / Heads : 16;

    /// <summary>The metadata of sizes, keys without the architecture.</summary>
    public OrderedDictionary<string, object> Metadata => new()
    {
        ["context_length"] = Context,
        ["embedding_length"] = Width,
        ["block_count"] = Layers,
        ["feed_forward_length"] = Inner,
        ["attention.head_count"] = Heads,
        ["attention.head_count_kv"] = Architecture == "gpt2" ? Heads : KeyHeads,
        ["attention.key_length"] = HeadSize,
        ["attention.value_length"] = HeadSize,
        [Architecture == "gpt2" ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"] = 1e-5,
    };

    /// <summary>Writes the model as GGUF, with metadata in place of and beyond those of sizes.</summary>
    public void WriteGguf(string path, params ReadOnlySpan<(string Key, object Value)> metadata)
    {
        var values = Metadata;
        foreach (var (key, value) in metadata) values[key] = value;
        var writer = new GgufWriter();
        writer.Add("general.architecture", Architecture);
        foreach (var (key, value) in values)
        {
            writer.Add($"{Architecture}.{key}", value switch
            {
                int number => GgufValue.From(number),
                uint number => GgufValue.From(number),
                long number => GgufValue.From(number),
                double number => GgufValue.From(number),
                bool truth => GgufValue.From(truth),
                string text => GgufValue.From(text),
                bool[] truths => GgufValue.FromArray<bool>(truths),
                int[] numbers => GgufValue.FromArray<int>(numbers),
                _ => throw new ArgumentException(key),
            });
        }

        foreach (var (name, tensor) in Tensors)
        {
            var type = tensor.Shape.Length == 1 ? DType.F32 : _type;
            writer.AddTensor(name, type, tensor.Shape, tensor.Bytes(type));
        }

        writer.Write(path);
    }

    private void Block(string block, bool hasExperts, bool hasBiases)
    {
        var (isGpt2, isGemma) = (Architecture == "gpt2", Architecture == "gemma3");
        Norm($"{block}.attn_norm", Width);
        if (isGpt2) Linear("attn_qkv", 3 * Width, Width, hasBias: true);
        else
        {
            Linear("attn_q", Heads * HeadSize, Width, hasBiases);
            Linear("attn_k", KeyHeads * HeadSize, Width, hasBiases);
            Linear("attn_v", KeyHeads * HeadSize, Width, hasBiases);
        }

        Linear("attn_output", Width, Heads * HeadSize, isGpt2 || (hasBiases && Architecture != "qwen2"));
        if (Architecture is "qwen3" or "qwen3moe" or "gemma3")
        {
            Norm($"{block}.attn_q_norm", HeadSize);
            Norm($"{block}.attn_k_norm", HeadSize);
        }

        if (isGemma) Norm($"{block}.post_attention_norm", Width);
        Norm($"{block}.ffn_norm", Width);
        if (hasExperts)
        {
            Matrix($"{block}.ffn_gate_inp", Experts, Width);
            Matrix($"{block}.ffn_gate_exps", Experts, Inner, Width);
            Matrix($"{block}.ffn_up_exps", Experts, Inner, Width);
            Matrix($"{block}.ffn_down_exps", Experts, Width, Inner);
        }
        else
        {
            if (!isGpt2) Linear("ffn_gate", Inner, Width, hasBias: false);
            Linear("ffn_up", Inner, Width, isGpt2);
            Linear("ffn_down", Width, Inner, isGpt2);
        }

        if (isGemma) Norm($"{block}.post_ffw_norm", Width);

        void Linear(string name, long rows, long columns, bool hasBias)
        {
            Matrix($"{block}.{name}", rows, columns);
            if (hasBias) Tensors.Add($"{block}.{name}.bias", Random(1, [rows]));
        }
    }

    private void Matrix(string name, params long[] shape) =>
        Tensors.Add($"{name}.weight", Random(2 / Math.Sqrt(shape[^1]), shape));

    // Near 1, as trained norms are: so that 1 can be taken off without a rounding.
    private void Norm(string name, long size)
    {
        var norm = Random(0.5, [size]);
        Tensors.Add($"{name}.weight", norm with { Values = [.. norm.Values.Select(value => 1 + value)] });
        if (Architecture == "gpt2") Tensors.Add($"{name}.bias", Random(0.5, [size]));
    }

    // Multiples of 1/64 up to 2: seven bits, which BF16 holds.
    private TinyTensor Random(double range, long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        foreach (ref var value in values.AsSpan()) value = MathF.Round((float)(range * (2 * _random.NextDouble() - 1)) * 64) / 64;
        return new TinyTensor(shape, values);
    }
}
