using Ashlar.Engine.Tests.HuggingFace;
using Ashlar.Tensors;

namespace Ashlar.Engine.Tests.Adapters;

/// <summary>A tiny model of each family, written as GGUF in F32.</summary>
internal static class TinyModels
{
    public static TinyModel Make(string architecture) => new(
        architecture, DType.F32, isTied: true, hasExperts: architecture is "qwen3moe", hasBiases: architecture == "qwen2");

    public static void Write(TinyModel model, string path) => model.WriteGguf(path, model.Architecture switch
    {
        "gpt2" => [],
        "gemma3" =>
        [
            ("rope.freq_base", 1e6), ("rope.freq_base_swa", 5000.0), ("attention.sliding_window", 8),
            ("attention.sliding_window_pattern", 2),
        ],
        "qwen3moe" =>
        [
            ("rope.freq_base", 1e6), ("expert_count", 4), ("expert_used_count", 2), ("expert_feed_forward_length", 40),
        ],
        _ => [("rope.freq_base", 1e6)],
    });
}
