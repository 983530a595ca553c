using System.Text.Json.Nodes;
using Ashlar.Models;

namespace Ashlar.Cli.Inspection;

/// <summary>What a model is.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Format">What its files are.</param>
/// <param name="Architecture">Its architecture, by GGUF's name for it; null where the files do not say.</param>
/// <param name="Parameters">Elements of all tensors.</param>
/// <param name="Bytes">Bytes of all tensors.</param>
/// <param name="Types">The element types, those with most bytes first.</param>
/// <param name="CanRun">Whether this version computes it.</param>
/// <param name="Problem">Why not; null where it does.</param>
/// <param name="Configuration">The numbers that shape it; null where they cannot be read.</param>
/// <param name="Tokenizer">Its tokenizer; null where there is none that can be read.</param>
/// <param name="TokenizerProblem">Why not; null where there is one.</param>
/// <param name="HasChatTemplate">Whether a chat template came with it.</param>
/// <param name="Metadata">GGUF's metadata, long arrays shortened; null for safetensors.</param>
/// <param name="Tensors">The tensors in the order of the files; null where they were not asked for.</param>
internal sealed record ModelReport(
    string Model,
    string Format,
    string? Architecture,
    long Parameters,
    long Bytes,
    IReadOnlyList<TypeReport> Types,
    bool CanRun,
    string? Problem,
    ModelConfiguration? Configuration,
    TokenizerReport? Tokenizer,
    string? TokenizerProblem,
    bool HasChatTemplate,
    JsonObject? Metadata,
    IReadOnlyList<TensorReport>? Tensors);

/// <summary>The tensors of one element type together.</summary>
internal sealed record TypeReport(string Type, int Tensors, long Elements, long Bytes);

/// <summary>One tensor; sizes outermost first.</summary>
internal sealed record TensorReport(string Name, string Type, IReadOnlyList<long> Shape, long Elements, long Bytes);

/// <summary>A tokenizer; ids are null where the model has no such token.</summary>
internal sealed record TokenizerReport(string? Kind, int Vocabulary, int? BosId, int? EosId, IReadOnlyList<int> EndOfGeneration);
