using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Training.Data.Documents;

/// <summary>
/// Reads pairs of answers from JSON lines: <c>prompt</c> (text, or the messages of a conversation), <c>chosen</c> and
/// <c>rejected</c> (text, or the messages that end a conversation).
/// </summary>
internal sealed class PreferenceReader(Tokenizer tokenizer, ChatTemplate? template)
{
    /// <summary>The pairs of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Tokens that an answer may have with its prompt.</param>
    /// <exception cref="InvalidDataException">A line is no such pair; the message names file and line.</exception>
    public IEnumerable<PreferencePair> Read(string path, int most)
    {
        if (template is null) throw new InvalidDataException($"'{path}' holds answers, but there is no chat template; give one");
        var encoder = new ConversationEncoder(tokenizer, template);
        foreach (var (line, value) in JsonLines.Read(path))
        {
            yield return new PreferencePair(Encode("chosen"), Encode("rejected"));

            Document Encode(string field)
            {
                if (!value.TryGetProperty(field, out var answer)) throw Wrong($"the object has no field '{field}'");
                var messages = Messages(value, answer);
                var document = encoder.Encode(JsonSerializer.SerializeToElement(messages), out var problem)
                    ?? throw Wrong($"{field}: {problem}");
                return document.Tokens.Length <= most
                    ? document
                    : throw Wrong($"{field} has {document.Tokens.Length} tokens with its prompt, more than the {most} of a row");
            }

            InvalidDataException Wrong(string problem) => SampleError.At(path, line, problem);
        }
    }

    private static JsonArray Messages(JsonElement sample, JsonElement answer)
    {
        var messages = new JsonArray();
        if (sample.TryGetProperty("prompt", out var prompt)) Add(prompt, "user");
        Add(answer, "assistant");
        return messages;

        void Add(JsonElement part, string role)
        {
            if (part.ValueKind == JsonValueKind.Array)
            {
                foreach (var message in part.EnumerateArray()) messages.Add(JsonNode.Parse(message.GetRawText()));
                return;
            }

            messages.Add(new JsonObject { ["role"] = role, ["content"] = JsonNode.Parse(part.GetRawText()) });
        }
    }
}
