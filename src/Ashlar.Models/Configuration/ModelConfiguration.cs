namespace Ashlar.Models;

/// <summary>The numbers that shape a model, whatever file they came from. Sizes are in elements.</summary>
public sealed record ModelConfiguration
{
    /// <summary>The architecture, by GGUF's name for it: <c>llama</c>, <c>qwen3moe</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Token ids run from 0 to this, exclusive.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The longest sequence that the model was trained on, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>The size of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>How many blocks of attention and feed-forward there are.</summary>
    public required int Layers { get; init; }

    /// <summary>The inner size of a dense feed-forward.</summary>
    public required int FeedForward { get; init; }

    /// <summary>Attention heads in a layer.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values in a layer; a divisor of <see cref="Heads"/>.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>The size of a query or key.</summary>
    public required int HeadSize { get; init; }

    /// <summary>The size of a value.</summary>
    public required int ValueSize { get; init; }

    /// <summary>What norms add to a variance.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>The factor on attention scores.</summary>
    public required double AttentionScale { get; init; }

    /// <summary>The rotary embedding; null where positions are learned.</summary>
    public RotaryConfiguration? Rotary { get; init; }

    /// <summary>The rotary embedding of layers that see a window, where it differs.</summary>
    public RotaryConfiguration? LocalRotary { get; init; }

    /// <summary>
    /// How many positions a token sees in the layers of <see cref="LocalLayers"/>; 0 where every layer sees all.
    /// </summary>
    public int Window { get; init; }

    /// <summary>For each layer, whether it sees only the window; empty where none does.</summary>
    public IReadOnlyList<bool> LocalLayers { get; init; } = [];

    /// <summary>The experts of a layer; null for a dense model.</summary>
    public ExpertConfiguration? Experts { get; init; }

    /// <summary>Queries grow with log(1 + floor(position / length)) times this; 0 for not at all.</summary>
    public double AttentionTemperature { get; init; }

    /// <summary>The length in the temperature's logarithm, in positions.</summary>
    public int AttentionTemperatureLength { get; init; }

    /// <summary>Logits become cap * tanh(logit / cap); 0 for none.</summary>
    public double FinalSoftCap { get; init; }

    /// <summary>How many positions a token of a layer sees, itself included; 0 for all.</summary>
    public int WindowOf(int layer) => IsLocal(layer) ? Window : 0;

    internal bool IsLocal(int layer) => LocalLayers.Count > 0 && LocalLayers[layer];
}
