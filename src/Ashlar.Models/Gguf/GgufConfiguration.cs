using Ashlar.Models.Architectures;
using Ashlar.Tensors;

namespace Ashlar.Models.Gguf;

/// <summary>Reads a configuration from GGUF metadata. What the architectures do not compute is refused, not ignored.</summary>
internal static class GgufConfiguration
{
    /// <param name="source">The file, for errors.</param>
    /// <param name="metadata">The metadata.</param>
    /// <param name="tensors">The tensors that come with them.</param>
    /// <exception cref="InvalidDataException">A key is missing or out of range; the message names it.</exception>
    /// <exception cref="NotSupportedException">The model needs what no architecture here computes; the message names
    /// it.</exception>
    public static ModelConfiguration Read(string source, GgufMetadata metadata, IReadOnlyDictionary<string, TensorData> tensors)
    {
        var keys = new GgufKeys(source, metadata);
        _ = Architecture.Of(source, keys.Architecture); // refuses one that is not computed
        var (width, heads) = (keys.Size("embedding_length"), keys.Size("attention.head_count", ModelLimits.Heads));
        var keyHeads = keys.Size("attention.head_count_kv", heads, ModelLimits.Heads);
        if (heads % keyHeads != 0)
        {
            throw keys.OutOfRange("attention.head_count_kv", keyHeads, $"a divisor of the head count {heads}");
        }

        var headSize = HeadSize(keys, width, heads, keyHeads);
        var layers = keys.Size("block_count", ModelLimits.Layers);
        var epsilon = keys.Number("attention.layer_norm_rms_epsilon", 0);
        var window = keys.Count("attention.sliding_window", 0);
        var isGemma = keys.Architecture == "gemma3";
        if (keys.Architecture is not ("gemma3" or "gpt2" or "llama" or "mistral3")) window = 0;
        RefuseUnsupported(keys);

        return new ModelConfiguration
        {
            Architecture = keys.Architecture,
            VocabularySize = VocabularySize(source, tensors),
            ContextLength = keys.Size("context_length", int.MaxValue),
            Width = width,
            Layers = layers,
            FeedForward = keys.Size("feed_forward_length"),
            Heads = heads,
            KeyHeads = keyHeads,
            HeadSize = headSize,
            ValueSize = keys.Size("attention.value_length", headSize, ModelLimits.HeadSize),
            NormEpsilon = epsilon > 0 ? epsilon : keys.Number("attention.layer_norm_epsilon", 1e-5),
            AttentionScale = keys.Number("attention.scale", 0) is > 0 and var scale
                ? scale
                : DefaultScale(isGemma, layers, width, heads, headSize),
            Rotary = keys.Architecture == "gpt2" ? null : Rotary(keys, headSize),
            LocalRotary = isGemma
                ? new RotaryConfiguration(headSize, Base(keys, "rope.freq_base_swa"), RotaryLayout.Halves)
                : null,
            Window = window,
            LocalLayers = window == 0 ? [] : LocalLayers(keys, layers, isGemma ? 6 : 1),
            Experts = Experts(keys),
            AttentionTemperature = keys.Number("attention.temperature_scale", 0),
            AttentionTemperatureLength = keys.Count("attention.temperature_length", 0) is > 0 and var length
                ? length
                : keys.Size("rope.scaling.original_context_length", keys.Size("context_length", int.MaxValue), int.MaxValue),
            FinalSoftCap = isGemma ? keys.Number("final_logit_softcapping", 0) : 0,
        };
    }

    private static int HeadSize(GgufKeys keys, int width, int heads, int keyHeads)
    {
        const string Key = "attention.key_length";
        if (!keys.Has(Key) && width % heads != 0)
        {
            throw keys.OutOfRange("attention.head_count", heads, $"a divisor of the width {width}");
        }

        var size = keys.Size(Key, width / heads, ModelLimits.HeadSize);
        if (keys.Architecture != "gpt2") return size % 2 == 0 ? size : throw keys.OutOfRange(Key, size, "an even number");

        // One matrix gives queries, keys and values, a third of its rows each.
        if (keyHeads != heads) throw keys.OutOfRange("attention.head_count_kv", keyHeads, $"the head count {heads}");
        return size * heads == width ? size : throw keys.OutOfRange(Key, size, $"the width {width} / the head count {heads}");
    }

    // Gemma 3 of 27 billion parameters, told by its 62 layers, scales by the width of a head's share instead of its size.
    private static double DefaultScale(bool isGemma, int layers, int width, int heads, int headSize) =>
        1 / Math.Sqrt(isGemma && layers == 62 ? (double)width / heads : headSize);

    // The embedding says how many tokens there are; the metadata may leave it out.
    private static int VocabularySize(string source, IReadOnlyDictionary<string, TensorData> tensors) =>
        tensors.TryGetValue("token_embd.weight", out var embedding) && embedding.Sizes.Length == 2
            && embedding.Sizes[0] is > 0 and <= ModelLimits.Size
            ? (int)embedding.Sizes[0]
            : throw new InvalidDataException(
                $"'{source}': tensor 'token_embd.weight' is {embedding?.ToString() ?? "missing"}, where a matrix of at most "
                + $"{ModelLimits.Size} rows is wanted; the file holds no language model that can be run");

    private static RotaryConfiguration Rotary(GgufKeys keys, int headSize)
    {
        var layout = keys.Architecture is "llama" or "mistral3" ? RotaryLayout.Interleaved : RotaryLayout.Halves;
        var dimensions = keys.Size("rope.dimension_count", headSize, ModelLimits.HeadSize);
        if (dimensions > headSize || dimensions % 2 != 0)
        {
            throw keys.OutOfRange("rope.dimension_count", dimensions, $"an even number up to {headSize}");
        }

        return new RotaryConfiguration(dimensions, Base(keys, "rope.freq_base"), layout, Scaling(keys));
    }

    private static double Base(GgufKeys keys, string key) =>
        keys.Number(key, 10_000) is > 1 and var value
            ? value
            : throw keys.OutOfRange(key, keys.Number(key, 10_000), "a number above 1");

    private static RotaryScaling? Scaling(GgufKeys keys)
    {
        var factor = keys.Number("rope.scaling.factor", keys.Number("rope.scale_linear", 0));
        switch (keys.Text("rope.scaling.type", factor > 0 ? "linear" : "none"))
        {
            case "none": return null;
            case "linear": return factor is > 0 and not 1 ? new LinearScaling(factor) : null;
            case "yarn":
                if (factor <= 0) throw keys.OutOfRange("rope.scaling.factor", factor, "a number above 0");
                var multiplier = keys.Number("rope.scaling.yarn_log_multiplier", 0);
                var attention = YarnScaling.DefaultAttentionFactor(factor) * keys.Number("rope.scaling.attn_factor", 1);
                if (multiplier != 0) attention /= YarnScaling.DefaultAttentionFactor(factor, multiplier);
                return new YarnScaling(factor, keys.Size("rope.scaling.original_context_length", int.MaxValue),
                    keys.Positive("rope.scaling.yarn_beta_fast", 32), keys.Positive("rope.scaling.yarn_beta_slow", 1), attention);
            case var other: throw keys.Unsupported("rope.scaling.type", other);
        }
    }

    // A truth value for each layer, or a period of which the last layer sees everything.
    private static bool[] LocalLayers(GgufKeys keys, int layers, int defaultPeriod)
    {
        const string Key = "attention.sliding_window_pattern";
        if (keys.IsArray(Key))
        {
            return keys.Metadata[keys.Full(Key)].ElementType == GgufValueType.Bool
                ? keys.Metadata.GetBooleanPerLayer(keys.Full(Key), layers)
                : [.. keys.Metadata.GetInt32PerLayer(keys.Full(Key), layers).Select(local => local != 0)];
        }

        var period = keys.Size(Key, defaultPeriod, ModelLimits.Layers);
        return [.. Enumerable.Range(0, layers).Select(layer => period == 1 || (layer + 1) % period != 0)];
    }

    private static ExpertConfiguration? Experts(GgufKeys keys)
    {
        if (keys.Count("expert_count", 0) == 0) return null;
        var count = keys.Size("expert_count", ModelLimits.Experts);
        var used = keys.Size("expert_used_count", count);
        var feedForward = keys.Count("expert_feed_forward_length", 0);
        return new ExpertConfiguration(
            count, used, keys.Size(feedForward > 0 ? "expert_feed_forward_length" : "feed_forward_length"));
    }

    private static void RefuseUnsupported(GgufKeys keys)
    {
        foreach (var key in (ReadOnlySpan<string>)[
            "attention.clamp_kqv", "attention.max_alibi_bias", "logit_scale", "residual_scale", "embedding_scale",
            "expert_weights_scale"])
        {
            if (keys.Number(key, 0) is not (0 or 1) and var value) throw keys.Unsupported(key, value);
        }

        foreach (var key in (ReadOnlySpan<string>)["leading_dense_block_count", "expert_shared_count", "expert_group_count"])
        {
            if (keys.Count(key, 0) is > 0 and var value) throw keys.Unsupported(key, value);
        }

        if (keys.Count("expert_gating_func", 0) is > 1 and var gating) throw keys.Unsupported("expert_gating_func", gating);
        if (!keys.Metadata.GetBoolean(keys.Full("attention.causal"), true)) throw keys.Unsupported("attention.causal", false);
    }
}
