using System.Text.Json;
using Ashlar.Server.Answers;

namespace Ashlar.Server.Responses;

/// <summary>Writes the parts of an answer as output items: <c>message</c>, <c>reasoning</c> and <c>function_call</c>.</summary>
internal static class OutputItem
{
    public const string InProgress = "in_progress", Completed = "completed", Incomplete = "incomplete";

    /// <summary>The id of an item, which follows from the answer's.</summary>
    public static string IdOf(Answer answer, int index)
    {
        var prefix = answer.Choices[0].Parts[index].Kind switch
        {
            PieceKind.Call => "fc",
            PieceKind.Reasoning => "rs",
            _ => "msg",
        };
        return $"{prefix}_{answer.Id[(answer.Id.IndexOf('_', StringComparison.Ordinal) + 1)..]}{index:x2}";
    }

    /// <summary>The state of an item of an answer that has ended: what the token limit cut off is incomplete.</summary>
    public static string StatusAt(Answer answer, int index) =>
        index == answer.Choices[0].Parts.Count - 1 && answer.Choices[0].End == AnswerEnd.Length ? Incomplete : Completed;

    /// <summary>Writes an item; while it is in progress, without its content.</summary>
    public static void Write(Utf8JsonWriter json, Answer answer, int index, string status)
    {
        var part = answer.Choices[0].Parts[index];
        json.WriteStartObject();
        json.WriteString("id"u8, IdOf(answer, index));
        switch (part.Kind)
        {
            case PieceKind.Call:
                json.WriteString("type"u8, "function_call"u8);
                json.WriteString("status"u8, status);
                json.WriteString("call_id"u8, part.CallId);
                json.WriteString("name"u8, part.CallName);
                json.WriteString("arguments"u8, status == InProgress ? "" : part.Content.ToString());
                break;
            case PieceKind.Reasoning:
                json.WriteString("type"u8, "reasoning"u8);
                json.WriteStartArray("summary"u8);
                json.WriteEndArray();
                WriteContent(json, part, status);
                json.WriteString("status"u8, status);
                break;
            default:
                json.WriteString("type"u8, "message"u8);
                json.WriteString("status"u8, status);
                json.WriteString("role"u8, "assistant"u8);
                WriteContent(json, part, status);
                break;
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the one content part of a message or of reasoning.</summary>
    public static void WritePart(Utf8JsonWriter json, AnsweredPart part, string text)
    {
        json.WriteStartObject();
        if (part.Kind == PieceKind.Reasoning)
        {
            json.WriteString("type"u8, "reasoning_text"u8);
            json.WriteString("text"u8, text);
        }
        else
        {
            json.WriteString("type"u8, "output_text"u8);
            json.WriteStartArray("annotations"u8);
            json.WriteEndArray();
            json.WriteStartArray("logprobs"u8);
            json.WriteEndArray();
            json.WriteString("text"u8, text);
        }

        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, AnsweredPart part, string status)
    {
        json.WriteStartArray("content"u8);
        if (status != InProgress) WritePart(json, part, part.Content.ToString());
        json.WriteEndArray();
    }
}
