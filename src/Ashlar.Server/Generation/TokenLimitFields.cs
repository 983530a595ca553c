using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>Reads which tokens may be chosen at all, as vLLM has it.</summary>
internal static class TokenLimitFields
{
    private const string BadWords = "bad_words", Allowed = "allowed_token_ids";
    private const int MostWords = 1024, LongestWord = 1024;

    /// <summary>The request with what <c>bad_words</c> and <c>allowed_token_ids</c> say.</summary>
    public static GenerationRequest WithTokenLimits(this GenerationRequest request, RequestFields fields, HostedModel model)
    {
        var allowed = GenerationFields.TokenIds(fields, Allowed, model.Engine.Model.Configuration.VocabularySize);
        if (allowed is []) throw FieldErrors.Empty(Allowed, "an array of one token id or more");
        var sequences = Words(fields).SelectMany(word => Spellings(word, model.Tokenizer)).ToList();
        if (allowed is null && sequences.Count == 0) return request;
        return request with
        {
            Sampling = request.Sampling with { AllowedTokens = allowed, ForbiddenSequences = sequences },
        };
    }

    private static List<string> Words(RequestFields fields)
    {
        var expected = $"an array of up to {MostWords} strings";
        if (fields.Array(BadWords, expected) is not { } json) return [];
        if (json.GetArrayLength() > MostWords) throw FieldErrors.TooMany(BadWords, json.GetArrayLength(), expected);
        return [.. json.EnumerateArray().Select((value, index) => Word(value, $"{BadWords}[{index}]"))];
    }

    private static string Word(JsonElement value, string param)
    {
        if (value.ValueKind != JsonValueKind.String) throw FieldErrors.WrongType(param, value.Describe(), "a string");
        var word = value.GetString()!;
        return word.Trim().Length > 0 && word.Length <= LongestWord
            ? word
            : throw FieldErrors.WrongValue(param, $"a string of {word.Length} characters", $"a word of 1 to {LongestWord}");
    }

    // A word is written otherwise at the beginning of a text than within it.
    private static IEnumerable<int[]> Spellings(string word, Tokenizer tokenizer)
    {
        var alone = tokenizer.Encode(word.TrimStart());
        var within = tokenizer.Encode(" " + word.TrimStart());
        return within.AsSpan().SequenceEqual(alone) ? [alone] : [alone, within];
    }
}
