using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Server.Answers;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Ashlar.Server.Streaming;

namespace Ashlar.Server.Infill;

/// <summary>
/// Answers as llama.cpp's server gives them: one object, or an event for each piece of text and one that has all the rest.
/// </summary>
/// <param name="fields">What was asked.</param>
/// <param name="limits">What may have ended the answer.</param>
internal sealed class InfillFormat(InfillFields fields, InfillLimits limits) : AnswerFormat
{
    private IReadOnlyList<ReportedToken> _untold = []; // tokens that no piece of text has brought

    public override string IdPrefix => "infill-";

    public override void WriteWhole(Utf8JsonWriter json, Answer answer) => WriteEnd(json, answer, isStreamed: false);

    public override void WritePiece(ResponseStream stream, Answer answer, in AnswerPiece piece)
    {
        if (piece.Kind == PieceKind.End) _untold = piece.Tokens;
        if (piece.Kind != PieceKind.Text) return;
        stream.WriteEvent((Format: this, answer, piece), static (json, x) => x.Format.WriteText(json, x.answer, x.piece));
    }

    public override void WriteClosing(ResponseStream stream, Answer answer) =>
        stream.WriteEvent((Format: this, answer), static (json, x) => x.Format.WriteEnd(json, x.answer, isStreamed: true));

    public override void WriteError(ResponseStream stream, ApiError error) => stream.WriteEvent(error, ErrorFormat.WriteOpenAI);

    private void WriteText(Utf8JsonWriter json, Answer answer, in AnswerPiece piece)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteString("content"u8, piece.Text);
        WriteTokens(json, piece.Tokens);
        json.WriteBoolean("stop"u8, false);
        json.WriteNumber("id_slot"u8, fields.Slot);
        json.WriteNumber("tokens_predicted"u8, answer.UsageSoFar.CompletionTokens);
        json.WriteNumber("tokens_evaluated"u8, fields.Prompt.Tokens.Length);
        json.WriteEndObject();
    }

    private void WriteEnd(Utf8JsonWriter json, Answer answer, bool isStreamed)
    {
        if (fields.ResponseFields is not { } names)
        {
            WriteAll(json, answer, isStreamed);
            return;
        }

        // Those that are asked for: one within an object is told by its whole path, outside of it.
        var all = JsonNode.Parse(JsonOutput.ToBytes(writer => WriteAll(writer, answer, isStreamed)).Span)!;
        json.WriteStartObject();
        foreach (var name in names.Distinct())
        {
            var found = name.Split('/').Aggregate((JsonNode?)all, static (node, part) => (node as JsonObject)?[part]);
            if (found is null) continue;
            json.WritePropertyName(name);
            found.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private void WriteAll(Utf8JsonWriter json, Answer answer, bool isStreamed)
    {
        var choice = answer.Choices[0];
        var text = choice.Text;
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteString("content"u8, isStreamed ? "" : text);
        WriteTokens(json, isStreamed ? _untold : choice.Tokens);
        json.WriteNumber("id_slot"u8, fields.Slot);
        json.WriteBoolean("stop"u8, true);
        json.WriteString("model"u8, answer.Model);
        json.WriteNumber("tokens_predicted"u8, answer.Usage.CompletionTokens);
        json.WriteNumber("tokens_evaluated"u8, answer.Usage.PromptTokens);
        WriteSettings(json, fields.Request);
        json.WriteString("prompt"u8, fields.Model.Tokenizer.Decode(fields.Prompt.Tokens));
        json.WriteBoolean("has_new_line"u8, text.Contains('\n', StringComparison.Ordinal));
        json.WriteBoolean("truncated"u8, fields.Prompt.IsCut);
        json.WriteString("stop_type"u8, choice switch
        {
            _ when limits.IsSuperseded => "superseded", // nobody else's word: a newer request has ended this one
            { StopText: not null } => "word",
            { End: AnswerEnd.Stop } => "eos",
            _ => "limit",
        });
        json.WriteString("stopping_word"u8, choice.StopText ?? "");
        json.WriteNumber("tokens_cached"u8, answer.Usage.CachedTokens);
        TimingsReport.Write(json, answer.Usage, answer.Timings);
        json.WriteEndObject();
    }

    private void WriteSettings(Utf8JsonWriter json, GenerationRequest request)
    {
        json.WriteStartObject("generation_settings"u8);
        json.WriteNumber("n_ctx"u8, fields.Model.Engine.ContextLength);
        json.WriteNumber("n_predict"u8, request.MaxTokens ?? -1);
        json.WriteNumber("temperature"u8, request.Sampling.Temperature);
        json.WriteNumber("top_k"u8, request.Sampling.TopK);
        json.WriteNumber("top_p"u8, request.Sampling.TopP);
        json.WriteNumber("min_p"u8, request.Sampling.MinP);
        json.WriteNumber("typical_p"u8, request.Sampling.TypicalP);
        json.WriteNumber("repeat_penalty"u8, request.Sampling.RepetitionPenalty);
        json.WriteEndObject();
    }

    private static void WriteTokens(Utf8JsonWriter json, IReadOnlyList<ReportedToken> tokens)
    {
        json.WriteStartArray("tokens"u8);
        foreach (var token in tokens) json.WriteNumberValue(token.Token);
        json.WriteEndArray();
    }
}
