using System.Globalization;
using System.Text.Json;
using Ashlar.Server.Answers;
using Ashlar.Server.Errors;
using Ashlar.Server.Streaming;

namespace Ashlar.Server.Ollama;

/// <summary>Answers as Ollama does: one object, or a line of JSON for each piece, the last of which tells what it took.</summary>
/// <param name="isChat">Whether the text is in a message, rather than in <c>response</c>.</param>
internal sealed class OllamaFormat(bool isChat) : AnswerFormat
{
    private const long NanosecondsPerTick = 100;

    public override string IdPrefix => "ollama-"; // told nobody but the log

    public override string StreamType => ResponseStream.JsonLines;

    public override void WriteWhole(Utf8JsonWriter json, Answer answer)
    {
        Begin(json, answer);
        WriteContent(json, answer.Choices[0].Text, answer.Choices[0].Reasoning, answer.Choices[0].Calls);
        WriteEnd(json, answer);
    }

    // A call is told whole, as soon as it is.
    public override void WritePiece(ResponseStream stream, Answer answer, in AnswerPiece piece)
    {
        var (text, reasoning, calls) = piece.Kind switch
        {
            PieceKind.Text => (piece.Text, "", (AnsweredPart[])[]),
            PieceKind.Reasoning => ("", piece.Text, []),
            PieceKind.CallEnd => ("", "", [answer.Choices[0].Parts[^1]]),
            _ => ("", "", null),
        };
        if (calls is null) return;
        stream.WriteLine((Format: this, answer, text, reasoning, calls), static (json, x) =>
        {
            Begin(json, x.answer);
            x.Format.WriteContent(json, x.text, x.reasoning, x.calls);
            json.WriteBoolean("done"u8, false);
            json.WriteEndObject();
        });
    }

    public override void WriteClosing(ResponseStream stream, Answer answer) =>
        stream.WriteLine((Format: this, answer), static (json, x) =>
    {
        Begin(json, x.answer);
        x.Format.WriteContent(json, "", "", []);
        WriteEnd(json, x.answer);
    });

    public override void WriteError(ResponseStream stream, ApiError error) => stream.WriteLine(error, ErrorFormat.WriteOllama);

    private static void Begin(Utf8JsonWriter json, Answer answer)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, answer.Model);
        json.WriteString("created_at"u8, answer.Created.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
    }

    private void WriteContent(Utf8JsonWriter json, string text, string reasoning, IEnumerable<AnsweredPart> calls)
    {
        if (!isChat)
        {
            json.WriteString("response"u8, text);
            if (reasoning.Length > 0) json.WriteString("thinking"u8, reasoning);
            return;
        }

        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, text);
        if (reasoning.Length > 0) json.WriteString("thinking"u8, reasoning);
        WriteCalls(json, calls);
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, IEnumerable<AnsweredPart> calls)
    {
        var index = 0;
        foreach (var call in calls)
        {
            if (index == 0) json.WriteStartArray("tool_calls"u8);
            json.WriteStartObject();
            json.WriteString("id"u8, call.CallId);
            json.WriteStartObject("function"u8);
            json.WriteNumber("index"u8, index++);
            json.WriteString("name"u8, call.CallName);
            json.WritePropertyName("arguments"u8);
            json.WriteRawValue(call.ArgumentsObject);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (index > 0) json.WriteEndArray();
    }

    private static void WriteEnd(Utf8JsonWriter json, Answer answer)
    {
        var (usage, timings) = (answer.Usage, answer.Timings);
        json.WriteBoolean("done"u8, true);
        json.WriteString("done_reason"u8, answer.Choices[0].End == AnswerEnd.Length ? "length"u8 : "stop"u8);
        WriteDuration(json, "total_duration"u8, timings.Queued + timings.Prefill + timings.Decode);
        WriteDuration(json, "load_duration"u8, TimeSpan.Zero);
        json.WriteNumber("prompt_eval_count"u8, usage.PromptTokens);
        WriteDuration(json, "prompt_eval_duration"u8, timings.Prefill);
        json.WriteNumber("eval_count"u8, usage.CompletionTokens);
        WriteDuration(json, "eval_duration"u8, timings.Decode);
        json.WriteEndObject();
    }

    private static void WriteDuration(Utf8JsonWriter json, ReadOnlySpan<byte> name, TimeSpan time) =>
        json.WriteNumber(name, time.Ticks * NanosecondsPerTick);
}
