using System.Text.Json;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;

namespace Ashlar.Server.Completions;

/// <summary>
/// Reads <c>prompt</c> in its four forms: a text, texts, token ids, arrays of token ids. Each text or array of ids is a prompt of
/// its own, and a choice of the answer.
/// </summary>
internal static class PromptField
{
    private const int MostPrompts = 128;
    private const string Expected = "a string, an array of strings, an array of token ids, or an array of arrays of token ids";

    /// <summary>The prompts of a request, as tokens.</summary>
    /// <param name="fields">The request's fields.</param>
    /// <param name="model">What turns texts into tokens, and bounds ids.</param>
    /// <param name="addSpecial">Whether texts get the special tokens that the model wants around a text.</param>
    /// <param name="name">The field.</param>
    /// <param name="parseSpecial">Whether special tokens are written by name: who writes a whole prompt does, as templates
    /// do.</param>
    public static IReadOnlyList<int[]> Read(
        RequestFields fields, HostedModel model, bool addSpecial, string name = "prompt", bool parseSpecial = true)
    {
        switch (fields.Take(name) ?? throw FieldErrors.Missing(name, Expected))
        {
            case { ValueKind: JsonValueKind.String } text:
                return [Encode(text)];
            case { ValueKind: JsonValueKind.Array } array when array.GetArrayLength() == 0:
                throw FieldErrors.Empty(name, Expected);
            case { ValueKind: JsonValueKind.Array } ids when ids[0].ValueKind == JsonValueKind.Number:
                return [Ids(ids, name)];
            case { ValueKind: JsonValueKind.Array } many when many.GetArrayLength() > MostPrompts:
                throw FieldErrors.TooMany(name, many.GetArrayLength(), $"at most {MostPrompts} prompts in a request");
            case { ValueKind: JsonValueKind.Array } many:
                return [.. many.EnumerateArray().Select(One)];
            case { } value:
                throw FieldErrors.WrongType(name, value.Describe(), Expected);
        }

        int[] One(JsonElement prompt, int index) => prompt.ValueKind switch
        {
            JsonValueKind.String => Encode(prompt),
            JsonValueKind.Array => Ids(prompt, $"{name}[{index}]"),
            _ => throw FieldErrors.WrongType($"{name}[{index}]", prompt.Describe(), "a string or an array of token ids"),
        };

        int[] Encode(JsonElement text) => model.Tokenizer.Encode(text.GetString()!, addSpecial, parseSpecial);

        int[] Ids(JsonElement ids, string param)
        {
            if (ids.GetArrayLength() == 0) throw FieldErrors.Empty(param, "one token or more");
            return GenerationFields.TokenIds(ids, param, model.Engine.Model.Configuration.VocabularySize);
        }
    }
}
