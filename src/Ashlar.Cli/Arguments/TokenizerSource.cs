using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Cli.Arguments;

/// <summary>A model's tokenizer alone, which is there even where the model cannot be run, or has no weights.</summary>
internal static class TokenizerSource
{
    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">The model has none, or one that cannot be read.</exception>
    public static Tokenizer Read(string model)
    {
        if (Directory.Exists(model)) return Tokenizer.FromHuggingFace(model);
        if (File.Exists(model))
        {
            using var file = GgufFile.Open(model);
            return Tokenizer.FromGguf(file.Metadata);
        }

        using var opened = LanguageModel.Load(model);
        return ModelArgument.TokenizerOf(opened);
    }
}
