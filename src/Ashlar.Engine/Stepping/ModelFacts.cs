using Ashlar.Models;
using Ashlar.Models.Tokenizers;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Engine.Stepping;

/// <summary>What sequences need to know of the model that runs them.</summary>
internal sealed class ModelFacts(LanguageModel model, int contextLength)
{
    /// <summary>The number of token ids.</summary>
    public int Vocabulary { get; } = model.Configuration.VocabularySize;

    /// <summary>Tokens that a sequence may have.</summary>
    public int ContextLength => contextLength;

    public Tokenizer? Tokenizer => model.Tokenizer;

    /// <summary>What tells the model's keys and values apart from those of any other, and from another kind of processor's.</summary>
    public string Fingerprint { get; } = $"{model.Fingerprint()} {ComputeDevice.InstructionSet}";

    /// <summary>The tokens by which the model ends an output.</summary>
    public IReadOnlyList<int> EndOfGeneration { get; } = model.Tokenizer is { } tokenizer
        ? [.. Enumerable.Range(0, model.Configuration.VocabularySize).Where(tokenizer.IsEndOfGeneration)]
        : [];
}
