using Ashlar.Models.Training;

namespace Ashlar.Bench.Training;

/// <summary>The models whose training is measured, alone and beside another program.</summary>
internal static class PeerShape
{
    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => All.Keys;

    private static readonly OrderedDictionary<string, ModelShape> All = new()
    {
        ["llama-9m"] = Llama(vocabulary: 4096, width: 320, layers: 6, feedForward: 864),
        ["llama-50m"] = Llama(vocabulary: 8192, width: 640, layers: 9, feedForward: 1728),
        ["gpt2-124m"] = new()
        {
            Architecture = "gpt2",
            VocabularySize = 50_257,
            ContextLength = 1024,
            Width = 768,
            Layers = 12,
            FeedForward = 3072,
            Heads = 12,
            KeyHeads = 12,
            HeadSize = 64,
        },
    };

    /// <exception cref="ArgumentException">There is none of that name; the message lists those that there are.</exception>
    public static ModelShape Named(string name) => All.TryGetValue(name, out var shape)
        ? shape
        : throw new ArgumentException($"no model to train is called '{name}'; there are {string.Join(", ", Names)}");

    private static ModelShape Llama(int vocabulary, int width, int layers, int feedForward) => new()
    {
        Architecture = "llama",
        VocabularySize = vocabulary,
        ContextLength = 256,
        Width = width,
        Layers = layers,
        FeedForward = feedForward,
        Heads = 8,
        KeyHeads = 8,
        HeadSize = width / 8,
    };
}
