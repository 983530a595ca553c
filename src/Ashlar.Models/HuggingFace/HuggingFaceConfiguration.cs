namespace Ashlar.Models.HuggingFace;

/// <summary>
/// Reads a configuration from a Hugging Face <c>config.json</c>, as transformers 4 and 5 write it; what a file leaves out is what
/// they take. What the architectures do not compute is refused, not ignored.
/// </summary>
internal static class HuggingFaceConfiguration
{
    /// <param name="config">The whole file.</param>
    /// <exception cref="InvalidDataException">A key is missing or wrong; the message names it.</exception>
    /// <exception cref="NotSupportedException">The model needs what no architecture here computes; the message names
    /// it.</exception>
    public static ModelConfiguration Read(ConfigObject config)
    {
        var text = LanguagePart(config);
        foreach (var part in (ReadOnlySpan<ConfigObject>)[config, text])
        {
            if (part.Has("quantization_config"))
            {
                throw part.Unsupported("quantization_config", "get the model in BF16, or as GGUF");
            }
        }

        return text.Text("model_type") switch
        {
            "gemma3_text" => Decoders.Gemma3(text),
            "gpt2" => Gpt2(text),
            "llama" => Decoders.Llama(text),
            "ministral3" => Decoders.Ministral3(text),
            "mistral" => Decoders.Mistral(text),
            "mixtral" => Decoders.Mixtral(text),
            "qwen2" => Decoders.Qwen2(text),
            "qwen3" => Decoders.Qwen3(text),
            "qwen3_moe" => Decoders.Qwen3Moe(text),
            null => throw text.Missing("model_type"),
            _ => throw text.Unsupported(
                "model_type",
                "supported are gemma3_text, gpt2, llama, ministral3, mistral, mixtral, qwen2, qwen3, qwen3_moe"),
        };
    }

    /// <summary>Whether the embedding is the output matrix too.</summary>
    public static bool IsTied(ConfigObject config)
    {
        var text = LanguagePart(config);
        return text.Flag("tie_word_embeddings") ?? config.Flag("tie_word_embeddings")
            ?? text.Text("model_type") is "gpt2" or "gemma3_text";
    }

    // A model that also sees has the language model's configuration inside; only that part is read.
    private static ConfigObject LanguagePart(ConfigObject config) => config.Object("text_config") ?? config;

    private static ModelConfiguration Gpt2(ConfigObject config)
    {
        config.RequireText("activation_function", "gelu_new");
        if (config.Flag("scale_attn_weights") == false) throw config.Unsupported("scale_attn_weights");
        if (config.Flag("scale_attn_by_inverse_layer_idx") == true) throw config.Unsupported("scale_attn_by_inverse_layer_idx");
        var (width, heads) = (config.Size("n_embd"), config.Size("n_head", ModelLimits.Heads));
        if (width % heads != 0) throw config.Wrong("n_head", $"a divisor of 'n_embd' ({width})");
        return new ModelConfiguration
        {
            Architecture = "gpt2",
            VocabularySize = config.Size("vocab_size"),
            ContextLength = config.Size(config.Has("n_positions") ? "n_positions" : "n_ctx"),
            Width = width,
            Layers = config.Size("n_layer", ModelLimits.Layers),
            FeedForward = config.Has("n_inner") ? config.Size("n_inner") : 4 * width,
            Heads = heads,
            KeyHeads = heads,
            HeadSize = width / heads,
            ValueSize = width / heads,
            NormEpsilon = config.Number("layer_norm_epsilon", 1e-5),
            AttentionScale = 1 / Math.Sqrt(width / heads),
        };
    }
}
