using System.Text.Json;
using Ashlar.Engine;

namespace Ashlar.Server.Generation;

/// <summary>Writes the objects of one answer, which all carry the same id, time and model.</summary>
internal sealed class AnswerJson(AnswerShape shape, string id, DateTimeOffset created, string model)
{
    /// <summary>The whole answer.</summary>
    /// <param name="json">What to write to.</param>
    /// <param name="choices">Text and end of every choice.</param>
    /// <param name="usage">Tokens of all choices together.</param>
    public void WriteWhole(Utf8JsonWriter json, IReadOnlyList<(string Text, FinishReason Reason)> choices, GenerationUsage usage)
    {
        Begin(json, shape.WholeObject);
        json.WriteStartArray("choices"u8);
        for (var index = 0; index < choices.Count; index++)
        {
            BeginChoice(json, index);
            shape.WriteWhole(json, choices[index].Text);
            EndChoice(json, choices[index].Reason);
        }

        json.WriteEndArray();
        json.WritePropertyName("usage"u8);
        WriteUsage(json, usage);
        json.WriteEndObject();
    }

    /// <summary>The event that opens a choice.</summary>
    public void WriteOpening(Utf8JsonWriter json, int index, bool withUsage)
    {
        BeginChunk(json, index);
        shape.WriteOpening(json);
        EndChunk(json, null, withUsage);
    }

    /// <summary>An event that carries text.</summary>
    public void WriteText(Utf8JsonWriter json, int index, string text, bool withUsage)
    {
        BeginChunk(json, index);
        shape.WriteText(json, text);
        EndChunk(json, null, withUsage);
    }

    /// <summary>The last event of a choice.</summary>
    public void WriteEnd(Utf8JsonWriter json, int index, FinishReason reason, bool withUsage)
    {
        BeginChunk(json, index);
        shape.WriteEnd(json);
        EndChunk(json, reason, withUsage);
    }

    /// <summary>The event that tells the usage, after all choices.</summary>
    public void WriteUsageChunk(Utf8JsonWriter json, GenerationUsage usage)
    {
        Begin(json, shape.ChunkObject);
        json.WriteStartArray("choices"u8);
        json.WriteEndArray();
        json.WritePropertyName("usage"u8);
        WriteUsage(json, usage);
        json.WriteEndObject();
    }

    private void Begin(Utf8JsonWriter json, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, created.ToUnixTimeSeconds());
        json.WriteString("model"u8, model);
    }

    private void BeginChunk(Utf8JsonWriter json, int index)
    {
        Begin(json, shape.ChunkObject);
        json.WriteStartArray("choices"u8);
        BeginChoice(json, index);
    }

    // Where the usage is to come in the end, the events before it say that it has not come yet.
    private static void EndChunk(Utf8JsonWriter json, FinishReason? reason, bool withUsage)
    {
        EndChoice(json, reason);
        json.WriteEndArray();
        if (withUsage) json.WriteNull("usage"u8);
        json.WriteEndObject();
    }

    private static void BeginChoice(Utf8JsonWriter json, int index)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
    }

    private static void EndChoice(Utf8JsonWriter json, FinishReason? reason)
    {
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, reason switch
        {
            null => null,
            FinishReason.Length => "length",
            _ => "stop",
        });
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, GenerationUsage usage)
    {
        json.WriteStartObject();
        json.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        json.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        json.WriteNumber("total_tokens"u8, usage.TotalTokens);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
