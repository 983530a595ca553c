using System.Collections.Frozen;

namespace Ashlar.Models.Synthetic;

/// <summary>
/// The shape of a published model, to make a random one of the same cost. Figures as in the models' <c>config.json</c>; the tiny
/// ones are nobody's, and as small as K-quants allow.
/// </summary>
internal sealed record SyntheticPreset(
    string Architecture, int Vocabulary, int Context, int Width, int Layers, int FeedForward, int Heads, int KeyHeads,
    int HeadSize)
{
    private static readonly FrozenDictionary<string, SyntheticPreset> All = new Dictionary<string, SyntheticPreset>
    {
        ["gemma-3-1b"] = new("gemma3", 262_144, 32_768, 1152, 26, 6912, 4, 1, 256)
        {
            RotaryBase = 1e6f,
            NormEpsilon = 1e-6f,
            Window = 512,
        },
        ["gemma3-tiny"] = new("gemma3", 1024, 512, 256, 6, 512, 4, 1, 64) { RotaryBase = 1e6f, NormEpsilon = 1e-6f, Window = 32 },
        ["gpt2"] = new("gpt2", 50_257, 1024, 768, 12, 3072, 12, 12, 64),
        ["gpt2-tiny"] = new("gpt2", 1024, 512, 256, 2, 768, 4, 4, 64),
        ["llama-3.1-8b"] = new("llama", 128_256, 131_072, 4096, 32, 14_336, 32, 8, 128) { RotaryBase = 5e5f, IsTied = false },
        ["llama-3.2-1b"] = new("llama", 128_256, 131_072, 2048, 16, 8192, 32, 8, 64) { RotaryBase = 5e5f },
        ["llama-3.2-3b"] = new("llama", 128_256, 131_072, 3072, 28, 8192, 24, 8, 128) { RotaryBase = 5e5f },
        ["llama-tiny"] = new("llama", 1024, 512, 256, 2, 768, 4, 2, 64),
        ["qwen1.5-0.5b"] = new("qwen2", 151_936, 32_768, 1024, 24, 2816, 16, 16, 64) { RotaryBase = 1e6f, NormEpsilon = 1e-6f },
        ["qwen2-tiny"] = new("qwen2", 1024, 512, 256, 2, 768, 4, 2, 64) { NormEpsilon = 1e-6f },
        ["qwen2.5-0.5b"] = new("qwen2", 151_936, 32_768, 896, 24, 4864, 14, 2, 64) { RotaryBase = 1e6f, NormEpsilon = 1e-6f },
        ["qwen3-0.6b"] = new("qwen3", 151_936, 40_960, 1024, 28, 3072, 16, 8, 128) { RotaryBase = 1e6f, NormEpsilon = 1e-6f },
        ["qwen3-1.7b"] = new("qwen3", 151_936, 40_960, 2048, 28, 6144, 16, 8, 128) { RotaryBase = 1e6f, NormEpsilon = 1e-6f },
        ["qwen3-4b"] = new("qwen3", 151_936, 40_960, 2560, 36, 9728, 32, 8, 128) { RotaryBase = 1e6f, NormEpsilon = 1e-6f },
        ["qwen3-tiny"] = new("qwen3", 1024, 512, 256, 2, 768, 4, 2, 64) { NormEpsilon = 1e-6f },
    }.ToFrozenDictionary();

    public float RotaryBase { get; init; } = 10_000;

    public float NormEpsilon { get; init; } = 1e-5f;

    public int Window { get; init; }

    /// <summary>Whether the embedding is the output matrix too.</summary>
    public bool IsTied { get; init; } = true;

    public static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">There is none of that name; the message lists those that there are.</exception>
    public static SyntheticPreset Named(string name) => All.TryGetValue(name, out var preset)
        ? preset
        : throw new ArgumentException($"no synthetic model is called '{name}'; there are {string.Join(", ", Names)}");
}
