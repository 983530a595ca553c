namespace Ashlar.Engine;

/// <summary>What a sequence does.</summary>
public enum SequenceState
{
    /// <summary>It waits for a place.</summary>
    Waiting,

    /// <summary>It has a place, and waits for keys and values from disk or from another engine.</summary>
    Loading,

    /// <summary>Its prompt is computed.</summary>
    Prefill,

    /// <summary>It generates.</summary>
    Decode,
}
