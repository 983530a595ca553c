using System.Text.Json.Serialization;

namespace Ashlar.Cli.Measurement;

/// <summary>What a measurement of speed found.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Threads">Threads that computed.</param>
/// <param name="Isa">What computed: the instruction set of the code, or <c>reference</c> for the reference backend.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="PrefillTokensPerSecond">The speed of computing the prompt; null where it has no tokens.</param>
/// <param name="GeneratedTokens">Tokens that each sequence generated behind the prompt.</param>
/// <param name="DecodeTokensPerSecond">The speed of one sequence alone; null where nothing was generated.</param>
/// <param name="PeakMemoryBytes">The most memory that the process held, mapped files included.</param>
/// <param name="Batches">The speed of several sequences together; null where none was asked for.</param>
internal sealed record BenchResult(
    string Model,
    int Threads,
    string Isa,
    int PromptTokens,
    double? PrefillTokensPerSecond,
    int GeneratedTokens,
    double? DecodeTokensPerSecond,
    long PeakMemoryBytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<BatchResult>? Batches);

/// <summary>The speed of several sequences that generate together.</summary>
/// <param name="Batch">How many sequences.</param>
/// <param name="DecodeTokensPerSecond">Their tokens together, in a second.</param>
internal sealed record BatchResult(int Batch, double DecodeTokensPerSecond);
