namespace Ashlar.Engine;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>A token or text that ends the output was reached.</summary>
    Stop,

    /// <summary>The token limit, or the end of the context, was reached.</summary>
    Length,
}
