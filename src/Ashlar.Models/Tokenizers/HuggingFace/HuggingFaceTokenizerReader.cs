namespace Ashlar.Models.Tokenizers;

/// <summary>Builds a tokenizer from a folder.</summary>
internal static class HuggingFaceTokenizerReader
{
    public static Tokenizer Read(string folder) => throw new NotSupportedException(folder);
}
