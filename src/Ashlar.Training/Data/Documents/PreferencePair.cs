namespace Ashlar.Training.Data.Documents;

/// <summary>Two answers to one prompt, each with it as tokens; of both, the answers are learnt.</summary>
/// <param name="Chosen">The better one.</param>
/// <param name="Rejected">The worse one.</param>
internal readonly record struct PreferencePair(Document Chosen, Document Rejected);
