using System.Text.Json;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Engine.Tests.HuggingFace;

/// <summary>
/// Writes a tiny model as a Hugging Face folder: what a conversion to GGUF does to names and tensors, backwards.
/// </summary>
internal sealed class HuggingFaceFolder(TinyModel model, DType type)
{
    private readonly OrderedDictionary<string, TinyTensor> _tensors = [];

    /// <summary>What stands before "model.": "language_model." in a model that sees.</summary>
    public string Wrapper { get; init; } = "";

    /// <summary>What stands before "layers" and "embed_tokens", or before GPT-2's "h" and "wte".</summary>
    public string Prefix { get; init; } = "model.";

    /// <summary>Tensors that the language model does not use.</summary>
    public string[] Others { get; init; } = [];

    /// <summary>How many files the tensors are spread over.</summary>
    public int Shards { get; init; } = 1;

    public void Write(string folder, string config)
    {
        foreach (var (name, tensor) in model.Tensors)
        {
            if (name != "rope_freqs.weight") Convert(name, tensor); // config.json has these frequencies as a formula
        }

        foreach (var name in Others) _tensors.Add(name, new TinyTensor([5], [1, 2, 3, 4, 5]));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        if (Shards == 1) Save(Path.Combine(folder, "model.safetensors"), _tensors);
        else SaveShards(folder);
    }

    private void Convert(string name, TinyTensor tensor)
    {
        var dot = name.LastIndexOf('.');
        var (stem, suffix) = (name[..dot], name[dot..]);
        if (!stem.StartsWith("blk.", StringComparison.Ordinal))
        {
            var outside = (stem, model.Architecture) switch
            {
                ("token_embd", "gpt2") => $"{Prefix}wte",
                ("position_embd", _) => $"{Prefix}wpe",
                ("output_norm", "gpt2") => $"{Prefix}ln_f",
                ("token_embd", _) => $"{Wrapper}{Prefix}embed_tokens",
                ("output_norm", _) => $"{Wrapper}{Prefix}norm",
                ("output", _) => $"{Wrapper}lm_head",
                _ => throw new ArgumentException(name),
            };
            _tensors.Add(outside + suffix, stem == "output_norm" ? Norm(tensor) : tensor);
            return;
        }

        var parts = stem.Split('.');
        var layer = model.Architecture == "gpt2" ? $"{Prefix}h.{parts[1]}." : $"{Wrapper}{Prefix}layers.{parts[1]}.";
        var (inside, values) = Inside(parts[2], tensor, suffix == ".weight");
        if (!parts[2].EndsWith("_exps", StringComparison.Ordinal))
        {
            _tensors.Add(layer + inside + suffix, values);
            return;
        }

        var size = tensor.Values.Length / TinyModel.Experts;
        for (var expert = TinyModel.Experts - 1; expert >= 0; expert--)
        {
            _tensors.Add(layer + string.Format(null, inside, expert) + suffix, new TinyTensor(
                tensor.Shape[1..], tensor.Values[(expert * size)..((expert + 1) * size)]));
        }
    }

    private (string Name, TinyTensor Values) Inside(string name, TinyTensor tensor, bool isWeight)
    {
        var (isGpt2, isGemma, isLlama) = (model.Architecture == "gpt2", model.Architecture == "gemma3",
            model.Architecture is "llama" or "mistral3");
        var experts = isLlama ? "block_sparse_moe" : "mlp";
        return name switch
        {
            "attn_norm" => (isGpt2 ? "ln_1" : "input_layernorm", Norm(tensor)),
            "attn_q_norm" => ("self_attn.q_norm", Norm(tensor)),
            "attn_k_norm" => ("self_attn.k_norm", Norm(tensor)),
            "post_attention_norm" => ("post_attention_layernorm", Norm(tensor)),
            "post_ffw_norm" => ("post_feedforward_layernorm", Norm(tensor)),
            "ffn_norm" => (isGpt2 ? "ln_2" : isGemma ? "pre_feedforward_layernorm" : "post_attention_layernorm", Norm(tensor)),
            "attn_qkv" => ("attn.c_attn", Turned(tensor)),
            "attn_output" when isGpt2 => ("attn.c_proj", Turned(tensor)),
            "ffn_up" when isGpt2 => ("mlp.c_fc", Turned(tensor)),
            "ffn_down" when isGpt2 => ("mlp.c_proj", Turned(tensor)),
            "attn_q" => ("self_attn.q_proj", isLlama ? Halved(tensor) : tensor),
            "attn_k" => ("self_attn.k_proj", isLlama ? Halved(tensor) : tensor),
            "attn_v" => ("self_attn.v_proj", tensor),
            "attn_output" => ("self_attn.o_proj", tensor),
            "ffn_gate" => ("mlp.gate_proj", tensor),
            "ffn_up" => ("mlp.up_proj", tensor),
            "ffn_down" => ("mlp.down_proj", tensor),
            "ffn_gate_inp" => ($"{experts}.gate", tensor),
            "ffn_gate_exps" => ($"{experts}.experts.{{0}}.{(isLlama ? "w1" : "gate_proj")}", tensor),
            "ffn_up_exps" => ($"{experts}.experts.{{0}}.{(isLlama ? "w3" : "up_proj")}", tensor),
            "ffn_down_exps" => ($"{experts}.experts.{{0}}.{(isLlama ? "w2" : "down_proj")}", tensor),
            _ => throw new ArgumentException(name),
        };

        TinyTensor Turned(TinyTensor matrix) => isWeight ? Transposed(matrix) : matrix;
    }

    private TinyTensor Norm(TinyTensor norm) =>
        model.Architecture == "gemma3" ? norm with { Values = [.. norm.Values.Select(value => value - 1)] } : norm;

    private static TinyTensor Transposed(TinyTensor matrix)
    {
        var (rows, columns) = (matrix.Shape[0], matrix.Columns);
        var values = new float[matrix.Values.Length];
        for (var i = 0; i < values.Length; i++) values[i % columns * rows + i / columns] = matrix.Values[i];
        return new TinyTensor([columns, rows], values);
    }

    // Rows of a head in pairs, (0, 1) (2, 3) ..., become the first halves of all pairs and then the second.
    private TinyTensor Halved(TinyTensor tensor)
    {
        var (size, columns) = (model.HeadSize, tensor.Shape.Length == 1 ? 1 : tensor.Columns);
        var values = new float[tensor.Values.Length];
        for (var row = 0; row < values.Length / columns; row++)
        {
            var (head, place) = (row / size * size, row % size);
            var from = head + (place < size / 2 ? 2 * place : 2 * (place - size / 2) + 1);
            tensor.Values.AsSpan(from * columns, columns).CopyTo(values.AsSpan(row * columns));
        }

        return new TinyTensor(tensor.Shape, values);
    }

    private void SaveShards(string folder)
    {
        var map = new Dictionary<string, string>();
        for (var shard = 0; shard < Shards; shard++)
        {
            var file = $"model-{shard + 1:D5}-of-{Shards:D5}.safetensors";
            var part = _tensors.Where((_, index) => index % Shards == shard).ToArray();
            Save(Path.Combine(folder, file), part);
            foreach (var (name, _) in part) map.Add(name, file);
        }

        var index = new { metadata = new { total_size = 0 }, weight_map = map };
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), JsonSerializer.Serialize(index));
    }

    private void Save(string path, IEnumerable<KeyValuePair<string, TinyTensor>> tensors)
    {
        var writer = new SafetensorsWriter();
        writer.Add("format", "pt");
        foreach (var (name, tensor) in tensors) writer.AddTensor(name, type, tensor.Shape, tensor.Bytes(type));
        writer.Write(path);
    }
}
