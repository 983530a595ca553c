using Ashlar.Models.Architectures;
using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models.Training;

/// <summary>The numbers that a new model is made of, as GGUF metadata say them.</summary>
public sealed record ModelShape
{
    /// <summary>The architecture by GGUF's name.</summary>
    public required string Architecture { get; init; }

    /// <summary>Token ids run from 0 to this, exclusive.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The longest sequence, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>The size of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks of attention and feed-forward.</summary>
    public required int Layers { get; init; }

    /// <summary>The inner size of a feed-forward.</summary>
    public required int FeedForward { get; init; }

    /// <summary>Attention heads in a layer.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values; a divisor of <see cref="Heads"/>.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>The size of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>The base of the rotary embedding's wavelengths.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>What norms add to a variance.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>How many positions a token sees in local layers; 0 for all.</summary>
    public int Window { get; init; }

    /// <summary>Whether the embedding gives the logits too.</summary>
    public bool IsTied { get; init; } = true;

    /// <summary>The experts of a layer; null for a dense model.</summary>
    public ExpertConfiguration? Experts { get; init; }

    /// <summary>The configuration of a model of this shape, as it will be read from its file.</summary>
    /// <exception cref="InvalidDataException">A number is out of its range; the message names its key.</exception>
    /// <exception cref="NotSupportedException">The architecture is not supported; the message names it.</exception>
    public ModelConfiguration Configure()
    {
        var metadata = new OrderedDictionary<string, GgufValue>();
        AddTo(metadata);
        var embedding = new Dictionary<string, TensorData>
        {
            ["token_embd.weight"] = TensorData.Zeros(DType.F32, VocabularySize, Width),
        };
        return GgufConfiguration.Read("new model", new GgufMetadata("new model", metadata), embedding);
    }

    /// <summary>The names and sizes of the model's tensors, in the order in which it uses them.</summary>
    public OrderedDictionary<string, long[]> Tensors()
    {
        var configuration = Configure();
        var weights = new DeclaredWeights(configuration, IsTied);
        var (rows, norm) = Architectures.Architecture.Of("new model", Architecture)(
            configuration, weights, new TrainingBatch(rows: 1, length: 2));
        norm(rows).Logits(weights, configuration);
        return weights.Asked;
    }

    /// <summary>Adds GGUF's keys for these numbers.</summary>
    internal void AddTo(OrderedDictionary<string, GgufValue> metadata)
    {
        metadata["general.architecture"] = GgufValue.From(Architecture);
        Number("vocab_size", VocabularySize);
        Number("context_length", ContextLength);
        Number("embedding_length", Width);
        Number("block_count", Layers);
        Number("feed_forward_length", FeedForward);
        Number("attention.head_count", Heads);
        if (Architecture == "gpt2")
        {
            Real("attention.layer_norm_epsilon", NormEpsilon);
            return;
        }

        Number("attention.head_count_kv", KeyHeads);
        Number("attention.key_length", HeadSize);
        Number("attention.value_length", HeadSize);
        Number("rope.dimension_count", HeadSize);
        if (Window > 0) Number("attention.sliding_window", Window);
        Real("attention.layer_norm_rms_epsilon", NormEpsilon);
        Real("rope.freq_base", RotaryBase);
        if (Experts is not { } experts) return;
        Number("expert_count", experts.Count);
        Number("expert_used_count", experts.Used);
        Number("expert_feed_forward_length", experts.FeedForward);

        void Number(string key, int value) => metadata[$"{Architecture}.{key}"] = GgufValue.From((uint)value);

        void Real(string key, double value) => metadata[$"{Architecture}.{key}"] = GgufValue.From((float)value);
    }
}
