using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Server.Answers;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Ashlar.Server.Streaming;

namespace Ashlar.Server.Responses;

/// <summary>
/// Answers as a response object, or as the events that build one: each item is added, grows and is done before the next. Every
/// event is numbered.
/// </summary>
internal sealed class ResponseFormat(ResponseRequest request, ResponseStore store) : AnswerFormat
{
    private int _sequence; // the number of the next event
    private int _opened; // items that have begun; all but the last are done

    public override string IdPrefix => "resp_";

    public override void WriteWhole(Utf8JsonWriter json, Answer answer) =>
        ResponseJson.Write(json, request, answer, StatusOf(answer));

    public override void WritePiece(ResponseStream stream, Answer answer, in AnswerPiece piece)
    {
        if (piece.Kind == PieceKind.Start)
        {
            WriteResponse(stream, "response.created", answer, OutputItem.InProgress);
            WriteResponse(stream, "response.in_progress", answer, OutputItem.InProgress);
        }

        if (answer.Choices[0].Parts.Count > _opened)
        {
            if (_opened > 0) CloseItem(stream, answer, OutputItem.Completed);
            OpenItem(stream, answer);
        }

        if (piece.Text.Length == 0) return;
        var name = piece.Kind switch
        {
            PieceKind.CallArguments => "response.function_call_arguments.delta",
            PieceKind.Reasoning => "response.reasoning_text.delta",
            _ => "response.output_text.delta",
        };
        var (kind, delta) = (piece.Kind, piece.Text);
        WriteOfItem(stream, name, answer, (kind, delta), static (json, x) =>
        {
            if (x.kind != PieceKind.CallArguments) json.WriteNumber("content_index"u8, 0);
            json.WriteString("delta"u8, x.delta);
            if (x.kind == PieceKind.Text) WriteNoLogProbabilities(json);
        });
    }

    public override void WriteClosing(ResponseStream stream, Answer answer)
    {
        var status = StatusOf(answer);
        if (_opened > 0) CloseItem(stream, answer, OutputItem.StatusAt(answer, _opened - 1));
        WriteResponse(stream, $"response.{status}", answer, status);
    }

    public override void WriteError(ResponseStream stream, ApiError error) =>
        Write(stream, "error", error, static (json, error) =>
    {
        json.WriteString("code"u8, error.Code);
        json.WriteString("message"u8, ErrorFormat.MessageOf(error));
        json.WriteString("param"u8, error.Param);
    });

    public override void Complete(Answer answer)
    {
        if (!request.Store) return;
        var messages = new MessageList();
        messages.AddEarlier(request.Messages);
        foreach (var part in answer.Choices[0].Parts)
        {
            var content = part.Content.ToString();
            if (part.Kind == PieceKind.Reasoning) messages.AddReasoning(content);
            else if (part.Kind == PieceKind.Text) messages.AddAnswer(content);
            else if (part.IsWhole) messages.AddCall(part.CallId, part.CallName, (JsonObject)JsonNode.Parse(content)!);
        }

        store.Add(answer.Id, new(
            request.Owner,
            JsonOutput.ToBytes(json => WriteWhole(json, answer)),
            JsonOutput.ToBytes(json => request.InputItems.WriteTo(json)),
            JsonOutput.ToBytes(json => messages.Messages.WriteTo(json))));
    }

    private static string StatusOf(Answer answer) =>
        answer.Choices[0].End == AnswerEnd.Length ? OutputItem.Incomplete : OutputItem.Completed;

    private void OpenItem(ResponseStream stream, Answer answer)
    {
        var index = _opened++;
        var part = answer.Choices[0].Parts[index];
        Write(stream, "response.output_item.added", (answer, index), static (json, x) =>
        {
            json.WriteNumber("output_index"u8, x.index);
            json.WritePropertyName("item"u8);
            OutputItem.Write(json, x.answer, x.index, OutputItem.InProgress);
        });
        if (part.Kind == PieceKind.Call) return;
        WriteOfItem(stream, "response.content_part.added", answer, part, static (json, part) =>
        {
            json.WriteNumber("content_index"u8, 0);
            json.WritePropertyName("part"u8);
            OutputItem.WritePart(json, part, "");
        });
    }

    private void CloseItem(ResponseStream stream, Answer answer, string status)
    {
        var index = _opened - 1;
        var part = answer.Choices[0].Parts[index];
        var name = part.Kind switch
        {
            PieceKind.Call => "response.function_call_arguments.done",
            PieceKind.Reasoning => "response.reasoning_text.done",
            _ => "response.output_text.done",
        };
        WriteOfItem(stream, name, answer, part, static (json, part) =>
        {
            if (part.Kind != PieceKind.Call) json.WriteNumber("content_index"u8, 0);
            else json.WriteString("name"u8, part.CallName);
            json.WriteString(part.Kind == PieceKind.Call ? "arguments"u8 : "text"u8, part.Content.ToString());
            if (part.Kind == PieceKind.Text) WriteNoLogProbabilities(json);
        });
        if (part.Kind != PieceKind.Call)
        {
            WriteOfItem(stream, "response.content_part.done", answer, part, static (json, part) =>
            {
                json.WriteNumber("content_index"u8, 0);
                json.WritePropertyName("part"u8);
                OutputItem.WritePart(json, part, part.Content.ToString());
            });
        }

        Write(stream, "response.output_item.done", (answer, index, status), static (json, x) =>
        {
            json.WriteNumber("output_index"u8, x.index);
            json.WritePropertyName("item"u8);
            OutputItem.Write(json, x.answer, x.index, x.status);
        });
    }

    private void WriteResponse(ResponseStream stream, string name, Answer answer, string status) =>
        Write(stream, name, (request, answer, status), static (json, x) =>
        {
            json.WritePropertyName("response"u8);
            ResponseJson.Write(json, x.request, x.answer, x.status);
        });

    // Of the item that has begun last.
    private void WriteOfItem<TState>(
        ResponseStream stream, string name, Answer answer, TState state, Action<Utf8JsonWriter, TState> write) =>
        Write(stream, name, (answer, Index: _opened - 1, state, write), static (json, x) =>
        {
            json.WriteString("item_id"u8, OutputItem.IdOf(x.answer, x.Index));
            json.WriteNumber("output_index"u8, x.Index);
            x.write(json, x.state);
        });

    private void Write<TState>(ResponseStream stream, string name, TState state, Action<Utf8JsonWriter, TState> write) =>
        stream.WriteEvent(name, (name, Number: _sequence++, state, write), static (json, x) =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, x.name);
            json.WriteNumber("sequence_number"u8, x.Number);
            x.write(json, x.state);
            json.WriteEndObject();
        });

    private static void WriteNoLogProbabilities(Utf8JsonWriter json)
    {
        json.WriteStartArray("logprobs"u8);
        json.WriteEndArray();
    }
}
