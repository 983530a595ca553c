using System.Text;
using System.Text.Json;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Answers;
using Ashlar.Server.Chat;

namespace Ashlar.Server.Completions;

/// <summary>Writes log probabilities as completions have them: parallel arrays of texts, numbers, likeliest tokens and
/// places.</summary>
internal static class CompletionLogProbabilities
{
    /// <summary>Writes the property; null where nothing was asked for.</summary>
    /// <param name="json">What to write to.</param>
    /// <param name="tokenizer">What has the tokens' texts; null where nothing was asked for.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="offset">Characters of the texts of the tokens before.</param>
    public static void Write(Utf8JsonWriter json, Tokenizer? tokenizer, IReadOnlyList<ReportedToken> tokens, int offset)
    {
        if (tokenizer is null)
        {
            json.WriteNull("logprobs"u8);
            return;
        }

        json.WriteStartObject("logprobs"u8);
        json.WriteStartArray("tokens"u8);
        foreach (var token in tokens) json.WriteStringValue(TextOf(tokenizer, token.Token));
        json.WriteEndArray();
        json.WriteStartArray("token_logprobs"u8);
        foreach (var token in tokens)
        {
            if (token.Probability is { } probability)
            {
                json.WriteNumberValue(ChatLogProbabilities.Finite(probability.LogProbability));
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("top_logprobs"u8);
        foreach (var token in tokens) WriteLikeliest(json, tokenizer, token);
        json.WriteEndArray();
        json.WriteStartArray("text_offset"u8);
        foreach (var token in tokens)
        {
            json.WriteNumberValue(offset);
            offset += TextOf(tokenizer, token.Token).Length;
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The text of a token alone.</summary>
    public static string TextOf(Tokenizer tokenizer, int token) =>
        token < tokenizer.VocabularySize ? Encoding.UTF8.GetString(tokenizer.TokenBytes(token)) : "";

    // An object by text: of several tokens with one text, as parts of characters may have, the likeliest counts.
    private static void WriteLikeliest(Utf8JsonWriter json, Tokenizer tokenizer, ReportedToken token)
    {
        if (token.Probability is not { } probability)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        foreach (var (text, value) in probability.Likeliest
            .Append((probability.Token, probability.LogProbability))
            .Select(likely => (Text: TextOf(tokenizer, likely.Item1), likely.Item2))
            .DistinctBy(static likely => likely.Text))
        {
            json.WriteNumber(text, ChatLogProbabilities.Finite(value));
        }

        json.WriteEndObject();
    }
}
