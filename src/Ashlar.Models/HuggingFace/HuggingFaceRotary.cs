using Ashlar.Tensors;

namespace Ashlar.Models.HuggingFace;

/// <summary>
/// Reads rotary embeddings. Transformers 5 keeps all of it in <c>rope_parameters</c>, for Gemma once for each kind of layer;
/// before, the base stood in <c>rope_theta</c> and <c>rope_local_base_freq</c>, and the scaling in <c>rope_scaling</c>.
/// </summary>
internal static class HuggingFaceRotary
{
    /// <summary>The embedding of layers that see everything; of all layers but Gemma's.</summary>
    public static RotaryConfiguration Global(ConfigObject config, int headSize, int context)
    {
        var rope = Of(config, "full_attention");
        return new RotaryConfiguration(headSize, Base(config, rope, "rope_theta"), RotaryLayout.Halves, Scaling(rope, context));
    }

    /// <summary>
    /// The embedding of Gemma's layers that see a window: it keeps to its base unless it has a scaling of its own.
    /// </summary>
    public static RotaryConfiguration Local(ConfigObject config, int headSize, int context)
    {
        const string Kind = "sliding_attention";
        var rope = Whole(config)?.Has(Kind) == true ? Of(config, Kind) : null;
        return new RotaryConfiguration(
            headSize, Base(config, rope, "rope_local_base_freq"), RotaryLayout.Halves, Scaling(rope, context));
    }

    /// <summary>Where the file keeps what belongs to the embedding; null where it has none.</summary>
    public static ConfigObject? Whole(ConfigObject config) => config.Object("rope_parameters") ?? config.Object("rope_scaling");

    private static ConfigObject? Of(ConfigObject config, string kind) =>
        Whole(config) is { } whole ? whole.Object(kind) ?? whole : null;

    private static double Base(ConfigObject config, ConfigObject? rope, string key)
    {
        var (source, name) = rope?.Has("rope_theta") == true ? (rope, "rope_theta") : (config, key);
        return source.Positive(name, 10_000) is > 1 and var theta ? theta : throw source.Wrong(name, "a number above 1");
    }

    private static RotaryScaling? Scaling(ConfigObject? rope, int context)
    {
        if (rope is null) return null;
        if (rope.Number("partial_rotary_factor", 1) != 1) throw rope.Unsupported("partial_rotary_factor");
        var key = rope.Has("rope_type") ? "rope_type" : "type";
        return rope.Text(key) switch
        {
            null or "default" => null,
            "linear" => new LinearScaling(rope.Positive("factor")),
            "llama3" => Llama3(rope),
            "yarn" => Yarn(rope, context),
            _ => throw rope.Unsupported(key),
        };
    }

    private static Llama3Scaling Llama3(ConfigObject rope)
    {
        var (low, high) = (rope.Positive("low_freq_factor"), rope.Positive("high_freq_factor"));
        if (high <= low) throw rope.Wrong("high_freq_factor", $"more than 'low_freq_factor' ({low})");
        return new Llama3Scaling(
            rope.Positive("factor"), low, high, OriginalLength(rope) ?? throw rope.Missing("original_max_position_embeddings"));
    }

    private static YarnScaling Yarn(ConfigObject rope, int context)
    {
        if (rope.Flag("truncate") == false) throw rope.Unsupported("truncate");
        var length = OriginalLength(rope) ?? context;
        var factor = rope.Positive("factor", (double)context / length);
        var (scale, all) = (rope.Number("mscale", 0), rope.Number("mscale_all_dim", 0));
        var magnitude = scale != 0 && all != 0
            ? YarnScaling.DefaultAttentionFactor(factor, scale) / YarnScaling.DefaultAttentionFactor(factor, all)
            : YarnScaling.DefaultAttentionFactor(factor);
        return new YarnScaling(
            factor, length, rope.Positive("beta_fast", 32), rope.Positive("beta_slow", 1),
            rope.Positive("attention_factor", magnitude));
    }

    private static int? OriginalLength(ConfigObject rope) =>
        rope.Has("original_max_position_embeddings") ? rope.Size("original_max_position_embeddings", int.MaxValue) : null;
}
