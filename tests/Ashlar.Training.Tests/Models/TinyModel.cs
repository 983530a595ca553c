using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Models.Training;
using Ashlar.Tensors;

namespace Ashlar.Training.Tests.Models;

/// <summary>Models of a few thousand random weights, one of each architecture.</summary>
internal static class TinyModel
{
    public const int Vocabulary = 320;

    public static IEnumerable<string> Names => ["gemma3", "gpt2", "llama", "llama-experts", "mistral3", "qwen2", "qwen3",
        "qwen3moe"];

    public static ModelShape Shape(string name)
    {
        var hasExperts = name is "llama-experts" or "qwen3moe";
        return new ModelShape
        {
            Architecture = name.Split('-')[0],
            VocabularySize = Vocabulary,
            ContextLength = 64,
            Width = 32,
            Layers = name == "gemma3" ? 6 : 2, // the sixth sees everything
            FeedForward = 48,
            Heads = 4,
            KeyHeads = name == "gpt2" ? 4 : 2,
            HeadSize = 8,
            Window = name == "gemma3" ? 5 : 0,
            IsTied = name is not ("llama" or "qwen3moe"),
            Experts = hasExperts ? new ExpertConfiguration(4, 2, 24) : null,
        };
    }

    /// <summary>Random numbers for every tensor of the shape.</summary>
    public static Dictionary<string, TensorData> Weights(ModelShape shape, int seed)
    {
        var random = new Random(seed);
        var weights = new Dictionary<string, TensorData>();
        foreach (var (name, sizes) in shape.Tensors())
        {
            var data = TensorData.Allocate(DType.F32, sizes);
            var (mean, spread) = sizes.Length > 1 ? (0f, 0.6f) : (name.Contains("norm.weight", StringComparison.Ordinal)
                ? 1f : 0f, 0.4f);
            foreach (ref var value in data.AsSpan<float>()) value = mean + (spread * (float)(random.NextDouble() - 0.5));
            weights.Add(name, data);
        }

        return weights;
    }

    /// <summary>A byte-level tokenizer in the form of GGUF metadata.</summary>
    public static GgufMetadata Tokenizer()
    {
        using var model = LanguageModel.Load("synthetic:llama-tiny:f32");
        return model.Metadata!;
    }
}
