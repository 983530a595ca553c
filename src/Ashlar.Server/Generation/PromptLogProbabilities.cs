using System.Globalization;
using System.Text.Json;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Answers;
using Ashlar.Server.Chat;
using Ashlar.Server.Completions;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Generation;

/// <summary>How likely the tokens of a prompt were, as vLLM tells it.</summary>
/// <param name="Count">How many of the likeliest tokens are told beside each.</param>
/// <param name="Tokenizer">What has the tokens' texts.</param>
internal sealed record PromptLogProbabilities(int Count, Tokenizer Tokenizer)
{
    private const int Most = 20;

    /// <summary>Reads <c>prompt_logprobs</c>; null where nothing is to be told.</summary>
    /// <param name="fields">The request's fields.</param>
    /// <param name="stream">How the answer is streamed: these are not.</param>
    /// <param name="tokenizer">Gives the tokens' texts.</param>
    public static PromptLogProbabilities? Read(RequestFields fields, StreamFields stream, Func<Tokenizer> tokenizer)
    {
        const string Name = "prompt_logprobs";
        if (fields.Integer(Name, 0, Most) is not { } count) return null;
        return stream.IsStreamed
            ? throw FieldErrors.WrongValue(Name, $"{count}", "absent when 'stream' is true")
            : new(count, tokenizer());
    }

    /// <summary>
    /// Writes the property: of each token of the prompt an object by id of the token itself and the likeliest in its place; null
    /// of the first, which nothing foretells.
    /// </summary>
    public void Write(Utf8JsonWriter json, AnsweredChoice choice)
    {
        json.WriteStartArray("prompt_logprobs"u8);
        json.WriteNullValue();
        foreach (var token in choice.Prompt)
        {
            json.WriteStartObject();
            WriteToken(json, token.Token, token.LogProbability, token.Rank);
            for (var i = 0; i < Math.Min(Count, token.Likeliest.Count); i++)
            {
                var (likely, probability) = token.Likeliest[i];
                if (likely != token.Token) WriteToken(json, likely, probability, i + 1);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteToken(Utf8JsonWriter json, int token, float probability, int rank)
    {
        json.WriteStartObject(token.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("logprob"u8, ChatLogProbabilities.Finite(probability));
        json.WriteNumber("rank"u8, rank);
        json.WriteString("decoded_token"u8, CompletionLogProbabilities.TextOf(Tokenizer, token));
        json.WriteEndObject();
    }
}
