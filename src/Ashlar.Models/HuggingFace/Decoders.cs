namespace Ashlar.Models.HuggingFace;

/// <summary>The configurations of decoders with rotary embeddings, one method for each model type.</summary>
internal static class Decoders
{
    public static ModelConfiguration Llama(ConfigObject config) => Decoder(config, "llama");

    public static ModelConfiguration Mistral(ConfigObject config)
    {
        config = config.WithDefaults(
            """{ "num_key_value_heads": 8, "sliding_window": 4096, "max_position_embeddings": 131072 }""");
        return Decoder(config, "llama").WithWindows(config, _ => config.Has("sliding_window"));
    }

    public static ModelConfiguration Mixtral(ConfigObject config)
    {
        config = config.WithDefaults("""
            {
                "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2, "rms_norm_eps": 1e-5,
                "rope_theta": 1e6, "max_position_embeddings": 131072
            }
            """);
        return Decoder(config, "llama").WithWindows(config, _ => config.Has("sliding_window")) with
        {
            Experts = Experts(config, "num_local_experts", "intermediate_size"),
        };
    }

    public static ModelConfiguration Ministral3(ConfigObject config)
    {
        config = config.WithDefaults(
            """{ "num_key_value_heads": 8, "head_dim": 128, "rms_norm_eps": 1e-5, "max_position_embeddings": 262144 }""");
        var model = Decoder(config, "mistral3").WithWindows(config, _ => config.Has("sliding_window"));
        var rope = HuggingFaceRotary.Whole(config) ?? throw config.Missing("rope_parameters");
        return rope.Number("llama_4_scaling_beta", 0) is not 0 and var temperature
            ? model with
            {
                AttentionTemperature = temperature,
                AttentionTemperatureLength = rope.Size("original_max_position_embeddings", int.MaxValue),
            }
            : model;
    }

    public static ModelConfiguration Qwen2(ConfigObject config)
    {
        config = config.WithDefaults("""
            { "num_key_value_heads": 32, "sliding_window": 4096, "max_window_layers": 28, "max_position_embeddings": 32768 }
            """);
        return Decoder(config, "qwen2").WithWindows(config, IsAboveFullLayers(config));
    }

    public static ModelConfiguration Qwen3(ConfigObject config)
    {
        config = config.WithDefaults("""
            {
                "num_key_value_heads": 32, "head_dim": 128, "sliding_window": 4096, "max_window_layers": 28,
                "max_position_embeddings": 32768
            }
            """);
        return Decoder(config, "qwen3").WithWindows(config, IsAboveFullLayers(config));
    }

    public static ModelConfiguration Qwen3Moe(ConfigObject config)
    {
        config = config.WithDefaults(
            """{ "num_key_value_heads": 4, "norm_topk_prob": false, "max_position_embeddings": 32768 }""");
        if (config.Flag("norm_topk_prob") != true) throw config.Unsupported("norm_topk_prob");
        if (config.Flag("use_sliding_window") == true) throw config.Unsupported("use_sliding_window");
        if (config.Number("decoder_sparse_step", 1) != 1) throw config.Unsupported("decoder_sparse_step");
        if (config.HasItems("mlp_only_layers")) throw config.Unsupported("mlp_only_layers");
        return Decoder(config, "qwen3moe") with { Experts = Experts(config, "num_experts", "moe_intermediate_size") };
    }

    public static ModelConfiguration Gemma3(ConfigObject config)
    {
        config = config.WithDefaults("""
            {
                "vocab_size": 262208, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
                "max_position_embeddings": 131072,
                "rope_theta": 1e6, "query_pre_attn_scalar": 256, "sliding_window": 4096
            }
            """);
        config.RequireText("hidden_activation", "gelu_pytorch_tanh");
        if (config.Flag("use_bidirectional_attention") == true) throw config.Unsupported("use_bidirectional_attention");
        if (config.Number("attn_logit_softcapping", 0) != 0) throw config.Unsupported("attn_logit_softcapping");
        var period = config.Size(
            config.Has("sliding_window_pattern") ? "sliding_window_pattern" : "_sliding_window_pattern", 6, ModelLimits.Layers);
        var model = Decoder(config, "gemma3").WithWindows(config, layer => (layer + 1) % period != 0);
        return model with
        {
            AttentionScale = 1 / Math.Sqrt(config.Positive("query_pre_attn_scalar")),
            LocalRotary = HuggingFaceRotary.Local(config, model.HeadSize, model.ContextLength),
            FinalSoftCap = config.Number("final_logit_softcapping", 0),
        };
    }

    private static ModelConfiguration Decoder(ConfigObject config, string architecture)
    {
        if (architecture != "gemma3") config.RequireText("hidden_act", "silu");
        if (config.Number("partial_rotary_factor", 1) != 1) throw config.Unsupported("partial_rotary_factor");
        var (width, heads) = (config.Size("hidden_size"), config.Size("num_attention_heads", ModelLimits.Heads));
        var keyHeads = config.Size("num_key_value_heads", heads, ModelLimits.Heads);
        if (heads % keyHeads != 0) throw config.Wrong("num_key_value_heads", $"a divisor of 'num_attention_heads' ({heads})");
        if (!config.Has("head_dim") && width % heads != 0)
        {
            throw config.Wrong("num_attention_heads", $"a divisor of 'hidden_size' ({width})");
        }

        var headSize = config.Size("head_dim", width / heads, ModelLimits.HeadSize);
        if (headSize % 2 != 0)
        {
            throw config.Wrong(config.Has("head_dim") ? "head_dim" : "num_attention_heads", "what gives heads of even size");
        }

        var context = config.Size("max_position_embeddings", 2048, int.MaxValue);
        return new ModelConfiguration
        {
            Architecture = architecture,
            VocabularySize = config.Size("vocab_size"),
            ContextLength = context,
            Width = width,
            Layers = config.Size("num_hidden_layers", ModelLimits.Layers),
            FeedForward = config.Size("intermediate_size"),
            Heads = heads,
            KeyHeads = keyHeads,
            HeadSize = headSize,
            ValueSize = headSize,
            NormEpsilon = config.Number("rms_norm_eps", 1e-6),
            AttentionScale = 1 / Math.Sqrt(headSize),
            Rotary = HuggingFaceRotary.Global(config, headSize, context),
        };
    }

    // Which layers see a window: named one by one, or by the rule of the model type.
    private static ModelConfiguration WithWindows(this ModelConfiguration model, ConfigObject config, Func<int, bool> isLocal)
    {
        var named = config.Texts("layer_types");
        if (config.Has("layer_types") && named.Length != model.Layers)
        {
            throw config.Wrong("layer_types", $"one for each of {model.Layers} layers");
        }

        if (named.Any(name => name is not ("full_attention" or "sliding_attention"))) throw config.Unsupported("layer_types");

        bool[] local = named.Length > 0
            ? [.. named.Select(name => name == "sliding_attention")]
            : [.. Enumerable.Range(0, model.Layers).Select(isLocal)];
        return local.Contains(true)
            ? model with { Window = config.Size("sliding_window", int.MaxValue), LocalLayers = local }
            : model;
    }

    // Qwen's rule: the first layers see everything.
    private static Func<int, bool> IsAboveFullLayers(ConfigObject config)
    {
        var isUsed = config.Flag("use_sliding_window") == true && config.Has("sliding_window");
        var full = config.Count("max_window_layers");
        return layer => isUsed && layer >= full;
    }

    private static ExpertConfiguration Experts(ConfigObject config, string countKey, string sizeKey)
    {
        var count = config.Size(countKey, ModelLimits.Experts);
        return new ExpertConfiguration(count, config.Size("num_experts_per_tok", count), config.Size(sizeKey));
    }
}
