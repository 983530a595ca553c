using System.Globalization;
using Ashlar.Engine.Tests.HuggingFace;
using Ashlar.Models.Gguf;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Engine.Tests.Adapters;

/// <summary>A random adapter of all linear layers of a tiny model, in GGUF's order of rows.</summary>
internal sealed class TinyAdapter
{
    private readonly TinyModel _model;
    private readonly OrderedDictionary<string, (TinyTensor Down, TinyTensor Up)> _layers = [];

    /// <param name="model">The model.</param>
    /// <param name="seed">What the numbers come of.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="alpha">The scale is this by the rank.</param>
    public TinyAdapter(TinyModel model, int seed, int rank = 5, double alpha = 12)
    {
        (_model, Rank, Alpha) = (model, rank, alpha);
        var random = new Random(seed);
        foreach (var (name, tensor) in model.Tensors)
        {
            if (!name.StartsWith("blk.", StringComparison.Ordinal) || tensor.Shape.Length != 2) continue;
            _layers.Add(name[..^".weight".Length], (Matrix(rank, tensor.Shape[1]), Matrix(tensor.Shape[0], rank)));
        }

        TinyTensor Matrix(long rows, long columns) =>
            new([rows, columns], [.. Enumerable.Range(0, (int)(rows * columns)).Select(_ => random.NextSingle() * 0.4f - 0.2f)]);
    }

    public int Rank { get; }

    /// <summary>The layers that it changes, by GGUF's names.</summary>
    public IEnumerable<string> Layers => _layers.Keys.Order(StringComparer.Ordinal);

    public double Alpha { get; }

    /// <summary>Adds what the adapter would to the model's own matrices.</summary>
    public void MergeInto(TinyModel model, double scale)
    {
        foreach (var (name, (down, up)) in _layers)
        {
            var tensor = model.Tensors[$"{name}.weight"];
            var values = tensor.Values.ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                var (row, column) = (i / tensor.Columns, i % tensor.Columns);
                double sum = 0;
                for (var k = 0; k < Rank; k++) sum += (double)up.Values[row * Rank + k] * down.Values[k * tensor.Columns + column];
                values[i] = (float)(values[i] + scale * sum);
            }

            model.Tensors[$"{name}.weight"] = tensor with { Values = values };
        }
    }

    public void WriteGguf(string path, string type = "adapter", string? architecture = null)
    {
        var writer = new GgufWriter();
        writer.Add("general.type", type);
        writer.Add("general.architecture", architecture ?? _model.Architecture);
        writer.Add("adapter.type", "lora");
        writer.Add("adapter.lora.alpha", (float)Alpha);
        foreach (var (name, (down, up)) in _layers)
        {
            writer.AddTensor($"{name}.weight.lora_a", DType.F32, down.Shape, down.Bytes(DType.F32));
            writer.AddTensor($"{name}.weight.lora_b", DType.F32, up.Shape, up.Bytes(DType.F32));
        }

        writer.Write(path);
    }

    /// <param name="folder">Where to.</param>
    /// <param name="config">What the configuration has beside rank and alpha, with a comma before it.</param>
    /// <param name="change">Another name, or null for a tensor that is left out, or other sizes.</param>
    public void WritePeft(
        string folder, string config = "", Func<string, TinyTensor, (string Name, TinyTensor Tensor)?>? change = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "adapter_config.json"),
            $$"""
            {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": {{Rank}}, "lora_alpha": {{Alpha.ToString(CultureInfo.InvariantCulture)}},
             "bias": "none", "target_modules": ["q_proj"], "modules_to_save": null, "rank_pattern": {}, "alpha_pattern": {},
             "init_lora_weights": true, "fan_in_fan_out": false {{config}} }
            """);
        var writer = new SafetensorsWriter();
        writer.Add("format", "pt");
        foreach (var (name, (down, up)) in _layers)
        {
            var module = $"base_model.model.{ModuleOf(name)}";
            Add($"{module}.lora_A.weight", down);
            Add($"{module}.lora_B.weight", IsPaired(name) ? Halved(up) : up);
        }

        writer.Write(Path.Combine(folder, "adapter_model.safetensors"));

        void Add(string name, TinyTensor tensor)
        {
            if (change is not null)
            {
                if (change(name, tensor) is not { } changed) return;
                (name, tensor) = changed;
            }

            writer.AddTensor(name, DType.F32, tensor.Shape, tensor.Bytes(DType.F32));
        }
    }

    private string ModuleOf(string name)
    {
        var parts = name.Split('.');
        var isGpt2 = _model.Architecture == "gpt2";
        return (isGpt2 ? $"transformer.h.{parts[1]}." : $"model.layers.{parts[1]}.") + parts[2] switch
        {
            "attn_qkv" => "attn.c_attn",
            "attn_output" when isGpt2 => "attn.c_proj",
            "ffn_up" when isGpt2 => "mlp.c_fc",
            "ffn_down" when isGpt2 => "mlp.c_proj",
            "attn_output" => "self_attn.o_proj",
            "ffn_gate_inp" => _model.Architecture == "llama" ? "block_sparse_moe.gate" : "mlp.gate",
            var part and ("attn_q" or "attn_k" or "attn_v") => $"self_attn.{part[^1]}_proj",
            var part => $"mlp.{part["ffn_".Length..]}_proj",
        };
    }

    private bool IsPaired(string name) => _model.Architecture is "llama" or "mistral3"
        && (name.EndsWith(".attn_q", StringComparison.Ordinal) || name.EndsWith(".attn_k", StringComparison.Ordinal));

    // Of each head the even rows, then the odd ones.
    private TinyTensor Halved(TinyTensor up)
    {
        var rows = up.Values.Chunk(Rank).Chunk(_model.HeadSize)
            .SelectMany(head => head.Where((_, i) => i % 2 == 0).Concat(head.Where((_, i) => i % 2 == 1)));
        return up with { Values = [.. rows.SelectMany(row => row)] };
    }
}
