using Ashlar.Models;
using Ashlar.Tensors;

namespace Ashlar.Engine.Tests.HuggingFace;

/// <summary>
/// A model has the same logits from a Hugging Face folder as from GGUF, where the two are written apart from each other.
/// </summary>
public class HuggingFaceTests
{
    private const string Sizes = """
        "vocab_size": 64, "max_position_embeddings": 64, "hidden_size": 48, "num_hidden_layers": 3, "intermediate_size": 40,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-5,
        """;

    // What turns GGUF's order of a head's elements into the other sums in another order.
    private const double OtherOrder = 1e-8;

    [Fact]
    public void Llama_with_biases_and_the_frequencies_of_3_1()
    {
        var model = new TinyModel("llama", DType.BF16, isTied: false, hasBiases: true);
        model.Tensors.Add("rope_freqs.weight", new TinyTensor([8], [.. Enumerable.Range(0, 8).Select(Divisor)]));
        Check(model,
            new HuggingFaceFolder(model, DType.BF16) { Others = ["model.layers.0.self_attn.rotary_emb.inv_freq"] },
            $$"""
            {
                "architectures": ["LlamaForCausalLM"], "model_type": "llama", {{Sizes}} "hidden_act": "silu",
                "attention_bias": true, "mlp_bias": false,
                "rope_theta": 500.0, "tie_word_embeddings": false, "pretraining_tp": 1, "torch_dtype": "bfloat16",
                "rope_scaling": {
                    "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32,
                    "rope_type": "llama3"
                }
            }
            """,
            OtherOrder, ("rope.freq_base", 500.0));

        // By wavelength, as the model's authors write it.
        static float Divisor(int pair)
        {
            var wavelength = 2 * Math.PI * Math.Pow(500, pair / 8.0);
            if (wavelength < 32 / 4.0) return 1;
            if (wavelength > 32 / 1.0) return 8;
            var smooth = (32 / wavelength - 1) / (4 - 1);
            return (float)(1 / ((1 - smooth) / 8 + smooth));
        }
    }

    [Fact]
    public void Mixtral_in_shards()
    {
        var model = new TinyModel("llama", DType.F16, isTied: false, hasExperts: true);
        Check(model,
            new HuggingFaceFolder(model, DType.F16) { Shards = 3 },
            $$"""
            {
                "model_type": "mixtral", {{Sizes}} "hidden_act": "silu", "rope_theta": 1e6, "sliding_window": null,
                "num_local_experts": 4,
                "num_experts_per_tok": 2, "router_aux_loss_coef": 0.02, "output_router_logits": false,
                "tie_word_embeddings": false
            }
            """,
            OtherOrder, ("rope.freq_base", 1e6), ("expert_count", 4), ("expert_used_count", 2));
    }

    [Fact]
    public void Mistral_with_a_sliding_window()
    {
        var model = new TinyModel("llama", DType.F32, isTied: false);
        Check(model,
            new HuggingFaceFolder(model, DType.F32),
            $$"""{ "model_type": "mistral", {{Sizes}} "hidden_act": "silu", "rope_theta": 10000.0, "sliding_window": 8, "tie_word_embeddings": false }""",
            OtherOrder, ("attention.sliding_window", 8));
    }

    [Fact]
    public void Ministral_3_within_a_model_that_sees()
    {
        var model = new TinyModel("mistral3", DType.BF16, isTied: false);
        Check(model,
            new HuggingFaceFolder(model, DType.BF16)
            {
                Wrapper = "language_model.",
                Others =
                [
                    "vision_tower.patch_conv.weight", "vision_tower.transformer.layers.0.attention.q_proj.weight",
                    "multi_modal_projector.patch_merger.merging_layer.weight",
                ],
            },
            $$"""
            {
                "architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3", "image_token_index": 10,
                "vision_config": { "model_type": "pixtral" },
                "text_config": {
                    "model_type": "ministral3", {{Sizes}} "hidden_act": "silu", "sliding_window": null,
                    "tie_word_embeddings": false,
                    "rope_parameters": {
                        "beta_fast": 32.0, "beta_slow": 1.0, "factor": 4.0, "llama_4_scaling_beta": 0.1, "mscale": 1.0,
                        "mscale_all_dim": 1.0,
                        "original_max_position_embeddings": 8, "rope_theta": 1000000.0, "rope_type": "yarn", "type": "yarn"
                    }
                }
            }
            """,
            OtherOrder, ("rope.freq_base", 1e6), ("rope.scaling.type", "yarn"), ("rope.scaling.factor", 4.0),
            ("rope.scaling.original_context_length", 8),
            ("rope.scaling.yarn_log_multiplier", 1.0), ("attention.temperature_scale", 0.1));
    }

    [Fact]
    public void Qwen2_with_tied_embeddings()
    {
        var model = new TinyModel("qwen2", DType.F16, isTied: true, hasBiases: true);
        Check(model,
            new HuggingFaceFolder(model, DType.F16),
            $$"""
            {
                "model_type": "qwen2", {{Sizes}} "hidden_act": "silu", "rope_theta": 1000000.0, "tie_word_embeddings": true,
                "use_mrope": false,
                "use_sliding_window": false, "max_window_layers": 1, "sliding_window": 8
            }
            """,
            0, ("rope.freq_base", 1e6));
    }

    [Fact]
    public void Qwen3_as_transformers_5_writes_it_with_an_output_matrix_that_has_no_effect()
    {
        var model = new TinyModel("qwen3", DType.F32, isTied: true);
        Check(model,
            new HuggingFaceFolder(model, DType.F32) { Others = ["lm_head.weight"] },
            $$"""
            {
                "model_type": "qwen3", {{Sizes}} "hidden_act": "silu", "dtype": "float32", "tie_word_embeddings": true,
                "use_sliding_window": false,
                "sliding_window": null, "max_window_layers": 3,
                "layer_types": ["full_attention", "full_attention", "full_attention"],
                "rope_parameters": { "rope_theta": 1000000, "rope_type": "default" }, "attention_bias": false
            }
            """,
            0, ("rope.freq_base", 1e6));
    }

    [Fact]
    public void Qwen3_with_experts_in_shards()
    {
        var model = new TinyModel("qwen3moe", DType.BF16, isTied: false, hasExperts: true);
        Check(model,
            new HuggingFaceFolder(model, DType.BF16) { Shards = 2 },
            $$"""
            {
                "model_type": "qwen3_moe", {{Sizes.Replace("40", "96", StringComparison.Ordinal)}} "hidden_act": "silu",
                "rope_theta": 1000000.0, "decoder_sparse_step": 1,
                "mlp_only_layers": [], "moe_intermediate_size": 40, "norm_topk_prob": true, "num_experts": 4,
                "num_experts_per_tok": 2,
                "tie_word_embeddings": false, "use_sliding_window": false, "max_window_layers": 3, "rope_scaling": null
            }
            """,
            0, ("rope.freq_base", 1e6), ("expert_count", 4), ("expert_used_count", 2), ("expert_feed_forward_length", 40));
    }

    [Fact]
    public void Gemma_3_of_text_alone()
    {
        var model = new TinyModel("gemma3", DType.F32, isTied: true);
        Check(model,
            new HuggingFaceFolder(model, DType.F32),
            $$"""
            {
                "model_type": "gemma3_text", {{Sizes}} "hidden_activation": "gelu_pytorch_tanh", "attn_logit_softcapping": null,
                "final_logit_softcapping": 4.0,
                "query_pre_attn_scalar": 20, "rope_theta": 1000000, "rope_local_base_freq": 5000,
                "rope_scaling": { "factor": 8.0, "rope_type": "linear" },
                "sliding_window": 8, "sliding_window_pattern": 2
            }
            """,
            0, ("rope.freq_base", 1e6), ("rope.freq_base_swa", 5000.0), ("rope.scaling.type", "linear"),
            ("rope.scaling.factor", 8.0), ("final_logit_softcapping", 4.0),
            ("attention.scale", 1 / Math.Sqrt(20)), ("attention.sliding_window", 8), ("attention.sliding_window_pattern", 2));
    }

    [Fact]
    public void Gemma_3_within_a_model_that_sees_as_transformers_5_writes_it()
    {
        var model = new TinyModel("gemma3", DType.BF16, isTied: true);
        Check(model,
            new HuggingFaceFolder(model, DType.BF16)
            {
                Prefix = "model.language_model.",
                Others =
                [
                    "model.vision_tower.vision_model.embeddings.patch_embedding.bias",
                    "model.multi_modal_projector.mm_soft_emb_norm.weight",
                ],
            },
            $$"""
            {
                "model_type": "gemma3", "mm_tokens_per_image": 256, "vision_config": { "model_type": "siglip_vision_model" },
                "text_config": {
                    "model_type": "gemma3_text", {{Sizes}} "hidden_activation": "gelu_pytorch_tanh", "query_pre_attn_scalar": 16,
                    "sliding_window": 8,
                    "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
                    "use_bidirectional_attention": false,
                    "rope_parameters": {
                        "full_attention": { "factor": 8.0, "rope_theta": 1000000.0, "rope_type": "linear" },
                        "sliding_attention": { "rope_theta": 20000.0, "rope_type": "default" }
                    }
                }
            }
            """,
            0, ("rope.freq_base", 1e6), ("rope.freq_base_swa", 20000.0), ("rope.scaling.type", "linear"),
            ("rope.scaling.factor", 8.0),
            ("attention.sliding_window", 8), ("attention.sliding_window_pattern", new[] { true, false, true }));
    }

    [Theory]
    [InlineData("transformer.", DType.F32, "null")]
    [InlineData("", DType.F16, "40")]
    public void Gpt2_with_its_prefix_and_without(string prefix, DType type, string inner)
    {
        var model = new TinyModel("gpt2", type, isTied: true, inner: inner == "null" ? 4 * TinyModel.Width : 40);
        Check(model,
            new HuggingFaceFolder(model, type)
            {
                Prefix = prefix,
                Others = [$"{prefix}h.0.attn.bias", $"{prefix}h.1.attn.masked_bias", "lm_head.weight"],
            },
            $$"""
            {
                "model_type": "gpt2", "activation_function": "gelu_new", "vocab_size": 64, "n_positions": 64, "n_ctx": 64,
                "n_embd": 48, "n_layer": 3,
                "n_head": 4, "n_inner": {{inner}}, "layer_norm_epsilon": 1e-5
            }
            """,
            0);
    }

    // Both ways to the same logits, bit by bit where no order of sums differs.
    private static void Check(
        TinyModel model, HuggingFaceFolder folder, string config, double tolerance, params ReadOnlySpan<(string, object)> metadata)
    {
        using var home = new ModelHome();
        var (gguf, huggingFace) = (home.Path("model.gguf"), home.Path("model"));
        model.WriteGguf(gguf, metadata);
        folder.Write(huggingFace, config);
        var (expected, actual) = (Logits(gguf), Logits(huggingFace));
        Assert.All(expected, logit => Assert.True(float.IsFinite(logit)));
        if (tolerance == 0) Assert.Equal(expected, actual);
        else Assert.InRange(
            expected.Zip(actual, (a, b) => Math.Pow(a - b, 2)).Sum() / expected.Sum(a => (double)a * a), 0, tolerance);
    }

    // Of 24 tokens: past every window and original length above.
    private static float[] Logits(string path)
    {
        using var model = LanguageModel.Load(path);
        // Sums in another order may round to the neighbouring number of the cache, and of rows of bfloat16 if there were any.
        using var pass = new ForwardPass(model, TinyModel.Context, threads: 1, instructionSet: "reference");
        int[] tokens = [.. Enumerable.Range(0, 24).Select(i => i * 29 % TinyModel.Vocabulary)];
        var logits = new float[tokens.Length * TinyModel.Vocabulary];
        pass.RunAll(tokens, 0, logits);
        return logits;
    }
}
