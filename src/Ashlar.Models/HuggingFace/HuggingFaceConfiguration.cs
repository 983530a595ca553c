using Ashlar.Tensors;

namespace Ashlar.Models.HuggingFace;

/// <summary>Reads a configuration from a Hugging Face <c>config.json</c>. What the architectures do not compute is refused, not ignored.</summary>
internal static class HuggingFaceConfiguration
{
    /// <param name="config">The whole file.</param>
    /// <exception cref="InvalidDataException">A key is missing or wrong; the message names it.</exception>
    /// <exception cref="NotSupportedException">The model needs what no architecture here computes; the message names it.</exception>
    public static ModelConfiguration Read(ConfigObject config)
    {
        // Models that also see have the language model's configuration inside; only that part is read.
        var text = config.Object("text_config") ?? config;
        var type = text.Text("model_type") ?? config.Text("model_type") ?? "";
        return type switch
        {
            "gpt2" => Gpt2(text),
            "llama" or "mistral" or "mixtral" => Decoder(text, "llama", type),
            "ministral3" => Decoder(text, "mistral3", type),
            "qwen2" or "qwen3" => Decoder(text, type, type),
            "qwen3_moe" => Decoder(text, "qwen3moe", type),
            "gemma3_text" => Decoder(text, "gemma3", type),
            _ => throw new NotSupportedException($"model type '{type}' is not supported; supported are gemma3_text, gpt2, llama, ministral3, mistral, mixtral, qwen2, qwen3, qwen3_moe"),
        };
    }

    private static ModelConfiguration Gpt2(ConfigObject config)
    {
        RequireText(config, "activation_function", "gelu_new");
        if (!config.Flag("scale_attn_weights", true)) throw config.Unsupported("scale_attn_weights");
        if (config.Flag("scale_attn_by_inverse_layer_idx", false)) throw config.Unsupported("scale_attn_by_inverse_layer_idx");
        var (width, heads) = (config.Size("n_embd"), config.Size("n_head"));
        return new ModelConfiguration
        {
            Architecture = "gpt2",
            VocabularySize = config.Size("vocab_size"),
            ContextLength = config.Size(config.Has("n_positions") ? "n_positions" : "n_ctx"),
            Width = width,
            Layers = config.Size("n_layer"),
            FeedForward = config.Size("n_inner", 4 * width),
            Heads = heads,
            KeyHeads = heads,
            HeadSize = width / heads,
            ValueSize = width / heads,
            NormEpsilon = config.Number("layer_norm_epsilon", 1e-5),
            AttentionScale = 1 / Math.Sqrt(width / heads),
        };
    }

    private static ModelConfiguration Decoder(ConfigObject config, string architecture, string type)
    {
        var isGemma = architecture == "gemma3";
        RequireText(config, isGemma ? "hidden_activation" : "hidden_act", isGemma ? "gelu_pytorch_tanh" : "silu");
        if (config.Number("attn_logit_softcapping", 0) != 0) throw config.Unsupported("attn_logit_softcapping");
        var (width, heads, layers) = (config.Size("hidden_size"), config.Size("num_attention_heads"), config.Size("num_hidden_layers"));
        var headSize = config.Size("head_dim", isGemma ? 256 : width / heads);
        var context = config.Size("max_position_embeddings", isGemma ? 131_072 : 2048);
        var rope = config.Object("rope_parameters") ?? config.Object("rope_scaling");
        var global = isGemma ? rope?.Object("full_attention") ?? rope : rope;
        var localBase = rope?.Object("sliding_attention")?.Number("rope_theta", 10_000) ?? config.Number("rope_local_base_freq", 10_000);
        var (window, localLayers) = Windows(config, type, layers);
        return new ModelConfiguration
        {
            Architecture = architecture,
            VocabularySize = config.Size("vocab_size"),
            ContextLength = context,
            Width = width,
            Layers = layers,
            FeedForward = config.Size("intermediate_size"),
            Heads = heads,
            KeyHeads = config.Size("num_key_value_heads", heads),
            HeadSize = headSize,
            ValueSize = headSize,
            NormEpsilon = config.Number("rms_norm_eps", 1e-6),
            AttentionScale = 1 / Math.Sqrt(isGemma ? config.Number("query_pre_attn_scalar", 256) : headSize),
            Rotary = new RotaryConfiguration(
                (int)(headSize * config.Number("partial_rotary_factor", 1)),
                global?.Number("rope_theta", 0) is > 0 and var theta ? theta : config.Number("rope_theta", isGemma ? 1_000_000 : 10_000),
                RotaryLayout.Halves,
                global is null ? null : Scaling(global, context)),
            LocalRotary = isGemma ? new RotaryConfiguration(headSize, localBase, RotaryLayout.Halves) : null,
            Window = window,
            LocalLayers = localLayers,
            Experts = Experts(config, type),
            AttentionTemperature = rope?.Number("llama_4_scaling_beta", 0) ?? 0,
            AttentionTemperatureLength = rope?.Size("original_max_position_embeddings", context) ?? context,
            FinalSoftCap = config.Number("final_logit_softcapping", 0),
        };
    }

    private static RotaryScaling? Scaling(ConfigObject rope, int context)
    {
        var key = rope.Has("rope_type") ? "rope_type" : "type";
        switch (rope.Text(key) ?? "default")
        {
            case "default": return null;
            case "linear": return new LinearScaling(Positive("factor"));
            case "llama3":
                return new Llama3Scaling(Positive("factor"), Positive("low_freq_factor"), Positive("high_freq_factor"), rope.Size("original_max_position_embeddings"));
            case "yarn":
                var factor = Positive("factor");
                var all = rope.Number("mscale_all_dim", 0);
                var attention = YarnScaling.DefaultAttentionFactor(factor, rope.Number("mscale", 1) is > 0 and var scale && all != 0 ? scale : 1);
                if (all != 0) attention /= YarnScaling.DefaultAttentionFactor(factor, all);
                return new YarnScaling(factor, rope.Size("original_max_position_embeddings", context),
                    rope.Number("beta_fast", 32), rope.Number("beta_slow", 1), rope.Number("attention_factor", attention));
            default: throw rope.Unsupported(key);
        }

        double Positive(string key) => rope.Number(key, 0) is > 0 and var value ? value : throw new InvalidDataException($"a rotary embedding of type '{rope.Text("rope_type")}' needs '{key}' above 0");
    }

    // Which layers see a window: named one by one, or by a rule of the model type.
    private static (int Window, bool[] LocalLayers) Windows(ConfigObject config, string type, int layers)
    {
        var named = config.Texts("layer_types");
        if (named.Length > 0 && named.Length != layers) throw config.Wrong("layer_types", $"one for each of {layers} layers");
        if (named.FirstOrDefault(name => name is not ("full_attention" or "sliding_attention")) is not null) throw config.Unsupported("layer_types");

        Func<int, bool> isLocal = type switch
        {
            _ when named.Length > 0 => layer => named[layer] == "sliding_attention",
            "gemma3_text" => layer => (layer + 1) % config.Size("sliding_window_pattern", 6) != 0,
            "mistral" or "mixtral" => _ => config.Has("sliding_window"),
            "qwen2" or "qwen3" or "qwen3_moe" when config.Flag("use_sliding_window", false) => layer => layer >= config.Size("max_window_layers", layers),
            _ => _ => false,
        };
        var local = Enumerable.Range(0, layers).Select(isLocal).ToArray();
        return local.Contains(true) ? (config.Size("sliding_window", 4096), local) : (0, []);
    }

    private static ExpertConfiguration? Experts(ConfigObject config, string type)
    {
        switch (type)
        {
            case "mixtral":
                return new ExpertConfiguration(config.Size("num_local_experts"), config.Size("num_experts_per_tok"), config.Size("intermediate_size"));
            case "qwen3_moe":
                if (!config.Flag("norm_topk_prob", false)) throw config.Unsupported("norm_topk_prob");
                if (config.Size("decoder_sparse_step", 1) != 1) throw config.Unsupported("decoder_sparse_step");
                return new ExpertConfiguration(config.Size("num_experts"), config.Size("num_experts_per_tok"), config.Size("moe_intermediate_size"));
            default: return null;
        }
    }

    private static void RequireText(ConfigObject config, string key, string value)
    {
        if ((config.Text(key) ?? value) != value) throw config.Unsupported(key);
    }
}
