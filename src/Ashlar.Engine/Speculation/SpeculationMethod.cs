namespace Ashlar.Engine;

/// <summary>
/// How tokens are guessed ahead, so that one step checks several. What is generated is the same to the bit: a guess is kept only
/// where it is what would have been chosen.
/// </summary>
public enum SpeculationMethod
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>What followed the last tokens where they stood before in the sequence, as long as it pays.</summary>
    Ngram,
}
