using System.Text;
using System.Text.Json;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Answers;

namespace Ashlar.Server.Chat;

/// <summary>Writes log probabilities as chat has them: of each token its text, its bytes, and the likeliest in its
/// place.</summary>
internal static class ChatLogProbabilities
{
    /// <summary>Writes the property; null where nothing was asked for.</summary>
    public static void Write(Utf8JsonWriter json, Tokenizer? tokenizer, IReadOnlyList<ReportedToken> tokens)
    {
        if (tokenizer is null)
        {
            json.WriteNull("logprobs"u8);
            return;
        }

        json.WriteStartObject("logprobs"u8);
        json.WriteStartArray("content"u8);
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            WriteToken(json, tokenizer, token.Token, token.Probability!.LogProbability);
            json.WriteStartArray("top_logprobs"u8);
            foreach (var (likely, probability) in token.Probability.Likeliest)
            {
                json.WriteStartObject();
                WriteToken(json, tokenizer, likely, probability);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNull("refusal"u8);
        json.WriteEndObject();
    }

    // A token may be a part of a character: its bytes tell which.
    private static void WriteToken(Utf8JsonWriter json, Tokenizer tokenizer, int token, float probability)
    {
        var bytes = token < tokenizer.VocabularySize ? tokenizer.TokenBytes(token) : [];
        json.WriteString("token"u8, Encoding.UTF8.GetString(bytes));
        json.WriteNumber("logprob"u8, Finite(probability));
        json.WriteStartArray("bytes"u8);
        foreach (var unit in bytes) json.WriteNumberValue(unit);
        json.WriteEndArray();
    }

    /// <summary>JSON has no infinities; OpenAI's stand-in is told for what has no probability at all.</summary>
    public static float Finite(float probability) => Math.Max(probability, -9999);
}
