using System.Text.Json;
using Ashlar.Server.Answers;

namespace Ashlar.Server.Responses;

/// <summary>Writes a response object.</summary>
internal static class ResponseJson
{
    /// <summary>Writes the response as far as it has come.</summary>
    /// <param name="json">What to write to.</param>
    /// <param name="request">What it repeats.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="status"><c>in_progress</c>, <c>completed</c> or <c>incomplete</c>.</param>
    public static void Write(Utf8JsonWriter json, ResponseRequest request, Answer answer, string status)
    {
        var hasEnded = status != OutputItem.InProgress;
        json.WriteStartObject();
        json.WriteString("id"u8, answer.Id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, answer.Created.ToUnixTimeSeconds());
        json.WriteString("status"u8, status);
        json.WriteBoolean("background"u8, false);
        json.WriteNull("error"u8);
        WriteIncomplete(json, status);
        json.WriteString("instructions"u8, request.Instructions);
        WriteInteger(json, "max_output_tokens"u8, request.MaxOutputTokens);
        json.WriteString("model"u8, answer.Model);
        json.WriteStartArray("output"u8);
        var parts = answer.Choices[0].Parts;
        for (var i = 0; hasEnded && i < parts.Count; i++) OutputItem.Write(json, answer, i, OutputItem.StatusAt(answer, i));
        json.WriteEndArray();
        json.WriteBoolean("parallel_tool_calls"u8, request.IsParallel);
        json.WriteString("previous_response_id"u8, request.PreviousResponseId);
        json.WriteStartObject("reasoning"u8);
        json.WriteString("effort"u8, request.Effort);
        json.WriteNull("summary"u8);
        json.WriteEndObject();
        json.WriteBoolean("store"u8, request.Store);
        json.WriteNumber("temperature"u8, request.Temperature);
        WriteElement(json, "text"u8, request.Text, """{"format":{"type":"text"}}"""u8);
        WriteElement(json, "tool_choice"u8, request.ToolChoice, "\"auto\""u8);
        WriteElement(json, "tools"u8, request.Tools, "[]"u8);
        json.WriteNumber("top_p"u8, request.TopP);
        json.WriteString("truncation"u8, "disabled"u8);
        WriteUsage(json, answer, hasEnded);
        if (hasEnded) answer.Report?.Write(json);
        WriteElement(json, "user"u8, request.User, "null"u8);
        WriteElement(json, "metadata"u8, request.Metadata, "{}"u8);
        json.WriteEndObject();
    }

    private static void WriteIncomplete(Utf8JsonWriter json, string status)
    {
        if (status != OutputItem.Incomplete)
        {
            json.WriteNull("incomplete_details"u8);
            return;
        }

        json.WriteStartObject("incomplete_details"u8);
        json.WriteString("reason"u8, "max_output_tokens"u8);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, Answer answer, bool hasEnded)
    {
        if (!hasEnded)
        {
            json.WriteNull("usage"u8);
            return;
        }

        var usage = answer.Usage;
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.PromptTokens);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.CompletionTokens);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, answer.ReasoningTokens);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.TotalTokens);
        json.WriteEndObject();
    }

    private static void WriteInteger(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteElement(Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonElement? value, ReadOnlySpan<byte> unset)
    {
        json.WritePropertyName(name);
        if (value is { } element) element.WriteTo(json);
        else json.WriteRawValue(unset);
    }
}
