using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Answers;
using Ashlar.Server.Errors;
using Ashlar.Server.Streaming;

namespace Ashlar.Server.Anthropic;

/// <summary>Answers as a message of content blocks, or as the events that build one: each block starts, grows and
/// stops.</summary>
internal sealed class AnthropicFormat : AnswerFormat
{
    private int _opened; // blocks that have started; all but the last have stopped

    public override string IdPrefix => "msg_";

    public override void WriteWhole(Utf8JsonWriter json, Answer answer)
    {
        BeginMessage(json, answer);
        json.WriteStartArray("content"u8);
        foreach (var part in answer.Choices[0].Parts) WriteBlock(json, part);
        json.WriteEndArray();
        WriteStop(json, answer.Choices[0]);
        WriteUsage(json, answer.Usage);
        answer.Report?.Write(json);
        json.WriteEndObject();
    }

    public override void WritePiece(ResponseStream stream, Answer answer, in AnswerPiece piece)
    {
        if (piece.Kind == PieceKind.Start) WriteStart(stream, answer);
        if (answer.Choices[0].Parts.Count > _opened)
        {
            if (_opened > 0) CloseBlock(stream);
            OpenBlock(stream, answer.Choices[0].Parts[_opened]);
        }

        if (piece.Text.Length > 0) WriteDelta(stream, piece);
    }

    public override void WriteClosing(ResponseStream stream, Answer answer)
    {
        if (_opened > 0) CloseBlock(stream);
        Write(stream, "message_delta", answer, static (json, answer) =>
        {
            json.WriteStartObject("delta"u8);
            WriteStop(json, answer.Choices[0]);
            json.WriteEndObject();
            WriteUsage(json, answer.Usage);
            answer.Report?.Write(json);
        });
        Write(stream, "message_stop", answer, static (_, _) => { });
    }

    public override void WriteError(ResponseStream stream, ApiError error) =>
        stream.WriteEvent("error", error, ErrorFormat.WriteAnthropic);

    private static void WriteStart(ResponseStream stream, Answer answer) =>
        Write(stream, "message_start", answer, static (json, answer) =>
    {
        json.WritePropertyName("message"u8);
        BeginMessage(json, answer);
        json.WriteStartArray("content"u8);
        json.WriteEndArray();
        json.WriteNull("stop_reason"u8);
        json.WriteNull("stop_sequence"u8);
        WriteUsage(json, answer.UsageSoFar);
        json.WriteEndObject();
    });

    private void OpenBlock(ResponseStream stream, AnsweredPart part) =>
        Write(stream, "content_block_start", (Index: _opened++, part), static (json, x) =>
        {
            json.WriteNumber("index"u8, x.Index);
            json.WritePropertyName("content_block"u8);
            WriteBlock(json, x.part.Opened);
        });

    private void CloseBlock(ResponseStream stream) => Write(
        stream, "content_block_stop", _opened - 1, static (json, index) => json.WriteNumber("index"u8, index));

    private void WriteDelta(ResponseStream stream, AnswerPiece piece) =>
        Write(stream, "content_block_delta", (Index: _opened - 1, piece), static (json, x) =>
        {
            var (type, field) = x.piece.Kind switch
            {
                PieceKind.Reasoning => ("thinking_delta", "thinking"),
                PieceKind.CallArguments => ("input_json_delta", "partial_json"),
                _ => ("text_delta", "text"),
            };
            json.WriteNumber("index"u8, x.Index);
            json.WriteStartObject("delta"u8);
            json.WriteString("type"u8, type);
            json.WriteString(field, x.piece.Text);
            json.WriteEndObject();
        });

    private static void BeginMessage(Utf8JsonWriter json, Answer answer)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, answer.Id);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, answer.Model);
    }

    private static void WriteBlock(Utf8JsonWriter json, AnsweredPart part)
    {
        json.WriteStartObject();
        switch (part.Kind)
        {
            case PieceKind.Call:
                json.WriteString("type"u8, "tool_use"u8);
                json.WriteString("id"u8, part.CallId);
                json.WriteString("name"u8, part.CallName);
                json.WritePropertyName("input"u8);
                json.WriteRawValue(part.ArgumentsObject);
                break;
            case PieceKind.Reasoning:
                json.WriteString("type"u8, "thinking"u8);
                json.WriteString("thinking"u8, part.Content.ToString());
                json.WriteString("signature"u8, ""u8);
                break;
            default:
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, part.Content.ToString());
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteStop(Utf8JsonWriter json, AnsweredChoice choice)
    {
        json.WriteString("stop_reason"u8, choice.End switch
        {
            AnswerEnd.Length => "max_tokens",
            AnswerEnd.ToolCalls => "tool_use",
            _ when choice.StopText is not null => "stop_sequence",
            _ => "end_turn",
        });
        json.WriteString("stop_sequence"u8, choice.StopText);
    }

    // Tokens from the cache are told apart from those that were computed.
    private static void WriteUsage(Utf8JsonWriter json, GenerationUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.PromptTokens - usage.CachedTokens);
        json.WriteNumber("cache_creation_input_tokens"u8, 0);
        json.WriteNumber("cache_read_input_tokens"u8, usage.CachedTokens);
        json.WriteNumber("output_tokens"u8, usage.CompletionTokens);
        json.WriteEndObject();
    }

    private static void Write<TState>(ResponseStream stream, string name, TState state, Action<Utf8JsonWriter, TState> write) =>
        stream.WriteEvent(name, (name, state, write), static (json, x) =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, x.name);
            x.write(json, x.state);
            json.WriteEndObject();
        });
}
