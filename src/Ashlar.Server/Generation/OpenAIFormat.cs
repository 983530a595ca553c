using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server.Answers;
using Ashlar.Server.Errors;
using Ashlar.Server.Streaming;

namespace Ashlar.Server.Generation;

/// <summary>What the answers of chat and of completions have in common: an array of choices in an object with id, time and
/// model.</summary>
internal abstract class OpenAIFormat(StreamFields stream) : AnswerFormat
{
    /// <summary>The kind of an answer given whole, its <c>object</c>.</summary>
    protected abstract string WholeObject { get; }

    /// <summary>The kind of one event of an answer.</summary>
    protected abstract string ChunkObject { get; }

    public override void WriteWhole(Utf8JsonWriter json, Answer answer)
    {
        Begin(json, answer, WholeObject);
        json.WriteStartArray("choices"u8);
        for (var index = 0; index < answer.Choices.Count; index++)
        {
            BeginChoice(json, index);
            WriteWholeChoice(json, answer.Choices[index]);
            EndChoice(json, index, answer.Choices[index].Tokens, answer.Choices[index].End, answer.Choices[index].StopText);
        }

        json.WriteEndArray();
        WriteUsage(json, answer.Usage);
        answer.Report?.Write(json);
        WriteWholeEnd(json, answer);
        json.WriteEndObject();
    }

    public override void WritePiece(ResponseStream stream, Answer answer, in AnswerPiece piece)
    {
        if (!HasChunk(piece)) return;
        stream.WriteEvent((Format: this, answer, piece), static (json, x) => x.Format.WriteChunk(json, x.answer, x.piece));
    }

    public override void WriteClosing(ResponseStream stream, Answer answer)
    {
        if (IncludesUsage || answer.Report is not null)
        {
            stream.WriteEvent((Format: this, answer), static (json, x) => x.Format.WriteClosingChunk(json, x.answer));
        }

        stream.WriteDone();
    }

    public override void WriteError(ResponseStream stream, ApiError error) => stream.WriteEvent(error, ErrorFormat.WriteOpenAI);

    /// <summary>Whether this piece is an event of its own.</summary>
    protected abstract bool HasChunk(in AnswerPiece piece);

    /// <summary>Writes the property of an event's choice that carries the piece.</summary>
    protected abstract void WriteChunkChoice(Utf8JsonWriter json, Answer answer, in AnswerPiece piece);

    /// <summary>Writes the property of a choice that carries all of it.</summary>
    protected abstract void WriteWholeChoice(Utf8JsonWriter json, AnsweredChoice choice);

    /// <summary>Writes what a whole answer has besides.</summary>
    protected virtual void WriteWholeEnd(Utf8JsonWriter json, Answer answer)
    {
    }

    /// <summary>Writes the property <c>logprobs</c> of a choice.</summary>
    protected abstract void WriteLogProbabilities(Utf8JsonWriter json, int choice, IReadOnlyList<ReportedToken> tokens);

    private bool IncludesUsage => stream.IncludeUsage;

    private void WriteChunk(Utf8JsonWriter json, Answer answer, in AnswerPiece piece)
    {
        Begin(json, answer, ChunkObject);
        json.WriteStartArray("choices"u8);
        BeginChoice(json, piece.Choice);
        WriteChunkChoice(json, answer, piece);
        EndChoice(json, piece.Choice, piece.Tokens, piece.Kind == PieceKind.End ? piece.End : null, piece.StopText);
        json.WriteEndArray();

        // Where the usage is to come in the end, the events before it say that it has not come yet.
        if (stream.ContinuousUsage) WriteUsage(json, answer.UsageSoFar);
        else if (stream.IncludeUsage) json.WriteNull("usage"u8);
        answer.Report?.WriteSoFar(json);
        json.WriteEndObject();
    }

    // The last event has no choices: what can be told of all of them once they have ended.
    private void WriteClosingChunk(Utf8JsonWriter json, Answer answer)
    {
        Begin(json, answer, ChunkObject);
        json.WriteStartArray("choices"u8);
        json.WriteEndArray();
        if (IncludesUsage) WriteUsage(json, answer.Usage);
        answer.Report?.Write(json);
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, Answer answer, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, answer.Id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, answer.Created.ToUnixTimeSeconds());
        json.WriteString("model"u8, answer.Model);
    }

    private static void BeginChoice(Utf8JsonWriter json, int index)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
    }

    private void EndChoice(Utf8JsonWriter json, int index, IReadOnlyList<ReportedToken> tokens, AnswerEnd? end, string? stopText)
    {
        WriteLogProbabilities(json, index, tokens);
        json.WriteString("finish_reason"u8, end switch
        {
            null => null,
            AnswerEnd.Length => "length",
            AnswerEnd.ToolCalls => "tool_calls",
            _ => "stop",
        });
        if (stopText is not null) json.WriteString("stop_reason"u8, stopText); // vLLM's addition
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, GenerationUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        json.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        json.WriteNumber("total_tokens"u8, usage.TotalTokens);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
