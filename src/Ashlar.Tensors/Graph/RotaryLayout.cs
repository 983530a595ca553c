namespace Ashlar.Tensors;

/// <summary>Which elements of a head a rotary embedding turns together.</summary>
public enum RotaryLayout
{
    /// <summary>Neighbours: (0, 1), (2, 3) ... as in the paper, and in llama's GGUF files.</summary>
    Interleaved,
    /// <summary>Element i with element i + n: (0, n), (1, n + 1) ... as in GPT-NeoX.</summary>
    Halves,
}
