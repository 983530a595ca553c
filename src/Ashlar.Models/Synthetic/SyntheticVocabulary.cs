using System.Text;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Models.Synthetic;

/// <summary>
/// A byte-level vocabulary of any size: the 256 bytes in GPT-2's alphabet, words of no meaning that only output can hold, and an
/// end token.
/// </summary>
internal static class SyntheticVocabulary
{
    public static void Add(OrderedDictionary<string, GgufValue> metadata, int size)
    {
        var tokens = new string[size];
        var kinds = new int[size]; // as GGUF numbers them: 1 normal, 3 control
        Array.Fill(kinds, 1);
        var next = 0;
        for (; next < 256; next++) tokens[next] = ByteLevelAlphabet.CharacterOf((byte)next).ToString();
        for (; next < size - 1; next++) tokens[next] = Word(next);
        (tokens[^1], kinds[^1]) = ("<|endoftext|>", 3);
        tokens[256] = "ab"; // the one merge, since a vocabulary of this kind must have some

        metadata["tokenizer.ggml.model"] = GgufValue.From("gpt2");
        metadata["tokenizer.ggml.pre"] = GgufValue.From("gpt-2");
        metadata["tokenizer.ggml.tokens"] = GgufValue.FromStrings(tokens);
        metadata["tokenizer.ggml.token_type"] = GgufValue.FromArray<int>(kinds);
        metadata["tokenizer.ggml.merges"] = GgufValue.FromStrings(["a b"]);
        metadata["tokenizer.ggml.bos_token_id"] = GgufValue.From((uint)(size - 1));
        metadata["tokenizer.ggml.eos_token_id"] = GgufValue.From((uint)(size - 1));
    }

    // A space (in the alphabet) and syllables that count in base 100.
    private static string Word(int number)
    {
        const string Consonants = "bcdfghjklmnpqrstvwxz";
        const string Vowels = "aeiou";
        var word = new StringBuilder("\u0120");
        for (var rest = number; rest > 0; rest /= 100) word.Append(Consonants[rest % 20]).Append(Vowels[rest % 100 / 20]);
        return word.ToString();
    }
}
