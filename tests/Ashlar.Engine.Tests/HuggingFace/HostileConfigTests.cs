using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Engine.Tests.HuggingFace;

public class HostileConfigTests
{
    private const string Sizes = """
        "vocab_size": 64, "max_position_embeddings": 64, "hidden_size": 48, "num_hidden_layers": 3, "intermediate_size": 40,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-5,
        """;

    private static readonly (string Architecture, bool HasExperts, string Config)[] Models =
    [
        ("llama", true, $$"""
            {
                "model_type": "mixtral", {{Sizes}} "hidden_act": "silu", "rope_theta": 1e6, "sliding_window": 8,
                "num_local_experts": 4, "num_experts_per_tok": 2,
                "tie_word_embeddings": false,
                "rope_scaling": {
                    "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                    "original_max_position_embeddings": 32, "rope_type": "llama3" }
            }
            """),
        ("mistral3", false, $$"""
            {
                "model_type": "mistral3",
                "text_config": {
                    "model_type": "ministral3", {{Sizes}} "hidden_act": "silu", "tie_word_embeddings": false,
                    "rope_parameters": {
                        "beta_fast": 32.0, "beta_slow": 1.0, "factor": 4.0, "llama_4_scaling_beta": 0.1, "mscale": 1.0,
                        "mscale_all_dim": 1.0,
                        "original_max_position_embeddings": 8, "rope_theta": 1000000.0, "rope_type": "yarn",
                        "attention_factor": 1.0, "truncate": true
                    }
                }
            }
            """),
        ("qwen3moe", true, $$"""
            {
                "model_type": "qwen3_moe", {{Sizes}} "hidden_act": "silu", "rope_theta": 1000000.0, "decoder_sparse_step": 1,
                "mlp_only_layers": [],
                "moe_intermediate_size": 40, "norm_topk_prob": true, "num_experts": 4, "num_experts_per_tok": 2,
                "use_sliding_window": false
            }
            """),
        ("qwen3", false, $$"""
            {
                "model_type": "qwen3", {{Sizes}} "hidden_act": "silu", "use_sliding_window": true, "sliding_window": 8,
                "max_window_layers": 1,
                "rope_parameters": { "rope_theta": 1000000, "rope_type": "default" }
            }
            """),
        ("gemma3", false, $$"""
            {
                "model_type": "gemma3_text", {{Sizes}} "hidden_activation": "gelu_pytorch_tanh", "query_pre_attn_scalar": 16,
                "sliding_window": 8,
                "sliding_window_pattern": 2, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
                "use_bidirectional_attention": false,
                "final_logit_softcapping": 4.0, "tie_word_embeddings": false,
                "rope_parameters": {
                    "full_attention": { "factor": 8.0, "rope_theta": 1000000.0, "rope_type": "linear" },
                    "sliding_attention": { "rope_theta": 20000.0, "rope_type": "default" }
                }
            }
            """),
        ("gpt2", false, """
            {
                "model_type": "gpt2", "activation_function": "gelu_new", "vocab_size": 64, "n_positions": 64, "n_embd": 48,
                "n_layer": 3, "n_head": 4,
                "n_inner": 40, "layer_norm_epsilon": 1e-5, "tie_word_embeddings": false, "scale_attn_weights": true
            }
            """),
    ];

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "1", "2", "3", "5", "-1", "0.5", "-0.0", "47", "65536", "2147483647", "2147483648", "1e18",
        "1e308", "1e999", "-1e-320",
        "12345678901234567890123", "\"\"", "\"4\"", "\"silu\"", "\"\\ud800\"", "\"\\u0000\\u001b[2J\"", "[]", "[4]", "[null]",
        "[\"full_attention\"]", "{}", "{ \"rope_type\": 3 }", "[[[[[[[[]]]]]]]]",
    ];

    public static TheoryData<string> Architectures => [.. Models.Select(model => model.Architecture)];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Any_value_of_any_key_is_computed_or_refused_by_name(string architecture)
    {
        using var home = new ModelHome();
        var (folder, config) = Write(home, architecture);
        Assert.Null(ModelHome.Problem(folder, Encoding.UTF8.GetBytes(config)));
        foreach (var path in Paths(JsonNode.Parse(config)!.AsObject()))
        {
            foreach (var value in Values)
            {
                var problem = ModelHome.Problem(
                    folder, Encoding.UTF8.GetBytes(Replace(config, path, value)), $"{string.Join('.', path)} = {value}");
                if (problem is not null) Assert.DoesNotContain('\u001b', problem);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Truncated_and_mutated_files_are_refused(string architecture)
    {
        const int Seed = 71_823;
        using var home = new ModelHome();
        var (folder, config) = Write(home, architecture);
        var good = Encoding.UTF8.GetBytes(config.TrimEnd());
        for (var length = 0; length < good.Length; length += 7) Assert.NotNull(ModelHome.Problem(folder, good[..length]));

        var random = new Random(Seed);
        for (var round = 0; round < 300; round++)
        {
            var bytes = good.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ModelHome.Problem(folder, bytes, $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void What_is_no_configuration_is_refused()
    {
        using var home = new ModelHome();
        var (folder, _) = Write(home, "qwen3");
        var deep = Encoding.UTF8.GetBytes(new string('[', 100_000));
        Assert.Contains("line 1", ModelHome.Problem(folder, deep, "deep"), StringComparison.Ordinal);
        Assert.Contains("larger than", ModelHome.Problem(folder, new byte[3 << 20], "large"), StringComparison.Ordinal);
        Assert.Contains("no JSON object", ModelHome.Problem(folder, "[1]"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("not UTF-8", ModelHome.Problem(folder, [(byte)'{', 0xff, (byte)'}'], "bytes"), StringComparison.Ordinal);
        Assert.Contains("'model_type' is missing", ModelHome.Problem(folder, "{}"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("'model_type' is \"mamba\"", ModelHome.Problem(folder, """{ "model_type": "mamba" }"""u8.ToArray()),
            StringComparison.Ordinal);
        var many = string.Join(',', Enumerable.Repeat("1", 900_000));
        ModelHome.Problem(folder, Encoding.UTF8.GetBytes("{\"model_type\":\"qwen3\",\"a\":[" + many + "]}"), "many");
        ModelHome.Problem(folder, """{ "\ud800": 1, "model_type": "qwen3" }"""u8.ToArray());
    }

    [Theory]
    [InlineData("qwen3moe", "num_hidden_layers", "2147483647", "a whole number from 1 to 1024 is wanted")]
    [InlineData("qwen3moe", "num_hidden_layers", "4", "tensor 'blk.3.attn_norm.weight' is missing")]
    [InlineData("qwen3moe", "num_hidden_layers", "2", "does not use tensor 'blk.2.attn_norm.weight'")]
    [InlineData("qwen3moe", "num_key_value_heads", "3",
        "'num_key_value_heads' is 3, where a divisor of 'num_attention_heads' (4) is wanted")]
    [InlineData("qwen3moe", "head_dim", "15", "'head_dim' is 15, where")]
    [InlineData("qwen3moe", "hidden_size", "50", "is BF16 (64, 48), where weights (64, 50) are wanted")]
    [InlineData("qwen3moe", "vocab_size", "65", "tensor 'token_embd.weight' is BF16 (64, 48), where weights (65, 48) are wanted")]
    [InlineData("qwen3moe", "num_experts", "5", "has 4 experts of 5")]
    [InlineData("qwen3moe", "mlp_only_layers", "[0]", "'mlp_only_layers' is [0], which this version does not compute")]
    [InlineData("qwen3moe", "norm_topk_prob", "false", "'norm_topk_prob'")]
    [InlineData("qwen3moe", "quantization_config", "{ \"quant_method\": \"fp8\" }", "'quantization_config'")]
    [InlineData("mistral3", "text_config.rope_parameters.rope_type", "\"longrope\"",
        "'text_config.rope_parameters.rope_type' is \"longrope\"")]
    [InlineData("gemma3", "use_bidirectional_attention", "true", "'use_bidirectional_attention'")]
    [InlineData("gemma3", "rope_parameters.full_attention.factor", "\"8\"",
        "'rope_parameters.full_attention.factor' is \"8\", where a finite number is wanted")]
    [InlineData("gpt2", "n_head", "5", "'n_head' is 5, where a divisor of 'n_embd' (48) is wanted")]
    public void Errors_name_what_is_wrong(string architecture, string key, string value, string said)
    {
        using var home = new ModelHome();
        var (folder, config) = Write(home, architecture);
        Assert.Contains(said, ModelHome.Problem(folder, Encoding.UTF8.GetBytes(Replace(config, key.Split('.'), value))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_output_matrix_is_no_tied_one()
    {
        using var home = new ModelHome();
        var folder = home.Path("model");
        new HuggingFaceFolder(new TinyModel("qwen3", DType.BF16, isTied: true), DType.BF16).Write(folder, "{}");
        var config = Models.Single(model => model.Architecture == "qwen3").Config;
        Assert.Contains(
            "'lm_head.weight' is missing", ModelHome.Problem(folder, Encoding.UTF8.GetBytes(config)), StringComparison.Ordinal);
        Assert.Null(ModelHome.Problem(folder, Encoding.UTF8.GetBytes(Replace(config, ["tie_word_embeddings"], "true"))));
    }

    [Theory]
    [InlineData("h.1.attn.c_attn.extra", DType.F32, "does not use tensor 'blk.1.attn_qkv.extra'")]
    [InlineData("h.1.attn.extra.weight", DType.F32, "tensor 'h.1.attn.extra.weight' is not known to architecture 'gpt2'")]
    [InlineData("h.3.attn.c_attn.weight", DType.F32, "tensor 'h.3.attn.c_attn.weight' is F32 (5), where a matrix is wanted")]
    [InlineData(
        "h.3.attn.c_attn.bias", DType.I32, "tensor 'h.3.attn.c_attn.bias' is I32 (5), where floating-point numbers are wanted")]
    [InlineData("h.3.ln_1.bias", DType.F32, "does not use tensor 'blk.3.attn_norm.bias'")]
    [InlineData("transformer.ln_f.bias", DType.F32, "'output_norm.bias'")]
    [InlineData("h.0.mlp.experts.0.w1.weight", DType.F32, "has 1 experts of 0")]
    public void A_tensor_that_should_not_be_there_is_named(string name, DType type, string said)
    {
        using var home = new ModelHome();
        var (folder, _) = Write(home, "gpt2");
        var writer = new SafetensorsWriter();
        using (var file = SafetensorsFile.Open(folder))
        {
            foreach (var tensor in file.Tensors.Values) writer.AddTensor(tensor);
            writer.AddTensor(name, type, [5], new byte[20]);
            writer.Write(Path.Combine(folder, "other.safetensors"));
        }

        File.Move(Path.Combine(folder, "other.safetensors"), Path.Combine(folder, "model.safetensors"), overwrite: true);
        Assert.Contains(said, ModelHome.Problem(folder, name), StringComparison.Ordinal);
    }

    private static (string Folder, string Config) Write(ModelHome home, string architecture)
    {
        var (_, hasExperts, config) = Models.Single(model => model.Architecture == architecture);
        var folder = home.Path("model");
        new HuggingFaceFolder(new TinyModel(architecture, DType.BF16, isTied: false, hasExperts), DType.BF16)
        {
            Prefix = architecture == "gpt2" ? "" : "model.",
        }.Write(folder, config);
        return (folder, config);
    }

    private static IEnumerable<string[]> Paths(JsonObject json) =>
        json.SelectMany(pair => pair.Value is JsonObject inside
            ? Paths(inside).Select(path => (string[])[pair.Key, .. path]).Append([pair.Key])
            : [[pair.Key]]);

    // As text, since a parser would not keep every value.
    private static string Replace(string config, string[] path, string value)
    {
        const string Place = "\"@@\"";
        var root = JsonNode.Parse(config)!.AsObject();
        var parent = path[..^1].Aggregate(root, (json, key) => json[key]!.AsObject());
        parent[path[^1]] = "@@";
        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }).Replace(
            Place, value, StringComparison.Ordinal);
    }
}
