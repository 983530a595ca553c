using Ashlar.Tensors;

namespace Ashlar.Engine.Tests.HuggingFace;

/// <summary>The same sizes from GGUF's metadata, with every value that they could have.</summary>
public class HostileMetadataTests
{
    private static readonly string[] Keys =
    [
        "attention.scale", "attention.sliding_window", "attention.sliding_window_pattern", "attention.temperature_scale",
        "attention.temperature_length",
        "attention.causal", "attention.clamp_kqv", "rope.dimension_count", "rope.freq_base", "rope.freq_base_swa",
        "rope.scaling.type", "rope.scaling.factor",
        "rope.scaling.original_context_length", "rope.scaling.yarn_log_multiplier", "rope.scaling.attn_factor",
        "rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow",
        "rope.scale_linear", "expert_feed_forward_length", "expert_gating_func", "leading_dense_block_count",
        "final_logit_softcapping", "logit_scale",
    ];

    private static readonly object[] Values =
    [
        0, 1, 2, 3, 5, -1, 15, 47, 65_536, int.MaxValue, uint.MaxValue, long.MaxValue, long.MinValue, 0.0, 0.5, -2.0, 1e308,
        double.NaN, double.PositiveInfinity,
        "", "yarn", "linear", "x\u001b[2J", true, false, Array.Empty<int>(), new[] { 1, 0, 1 }, new[] { true },
        new[] { true, false, true },
    ];

    [Theory]
    [InlineData("llama", true)]
    [InlineData("gemma3", false)]
    [InlineData("gpt2", false)]
    public void Any_value_of_any_key_is_computed_or_refused_by_name(string architecture, bool hasExperts)
    {
        using var home = new ModelHome();
        var path = home.Path("model.gguf");
        var model = new TinyModel(architecture, DType.BF16, isTied: true, hasExperts);
        (string, object)[] experts = hasExperts ? [("expert_count", 4), ("expert_used_count", 2)] : [];
        model.WriteGguf(path, experts);
        Assert.Null(ModelHome.Problem(path, "unchanged"));
        foreach (var key in model.Metadata.Keys.Concat(Keys).Concat(experts.Select(expert => expert.Item1)))
        {
            foreach (var value in Values)
            {
                model.WriteGguf(
                    path,
                    [
                        .. experts, ("rope.scaling.type", "yarn"), ("rope.scaling.factor", 4.0),
                        ("rope.scaling.original_context_length", 8), (key, value),
                    ]);
                ModelHome.Problem(path, $"{key} = {value}");
            }
        }
    }

    [Theory]
    [InlineData("block_count", int.MaxValue, "metadata key 'llama.block_count' is 2147483647, where 1 to 1024 is wanted")]
    [InlineData("attention.head_count", 0, "metadata key 'llama.attention.head_count' is 0, where 1 to 2048 is wanted")]
    [InlineData("attention.head_count_kv", 3,
        "metadata key 'llama.attention.head_count_kv' is 3, where a divisor of the head count 4 is wanted")]
    [InlineData("attention.key_length", 15, "metadata key 'llama.attention.key_length' is 15, where an even number is wanted")]
    [InlineData("embedding_length", 49, "tensor 'token_embd.weight' is BF16 (64, 48), where weights (64, 49) are wanted")]
    [InlineData("context_length", "many", "metadata key 'llama.context_length' is String")]
    public void Errors_name_what_is_wrong(string key, object value, string said)
    {
        using var home = new ModelHome();
        var path = home.Path("model.gguf");
        new TinyModel("llama", DType.BF16, isTied: true).WriteGguf(path, (key, value));
        Assert.Contains(said, ModelHome.Problem(path, key), StringComparison.Ordinal);
    }

    [Fact]
    public void An_architecture_that_is_not_computed_is_refused_with_those_that_are()
    {
        using var home = new ModelHome();
        var path = home.Path("model.gguf");
        var model = new TinyModel("mamba", DType.BF16, isTied: true);
        model.WriteGguf(path);
        Assert.Contains(
            "architecture 'mamba' is not supported; supported are gemma3, gpt2, llama, mistral3, qwen2, qwen3, qwen3moe",
            ModelHome.Problem(path, "mamba"), StringComparison.Ordinal);
    }
}
