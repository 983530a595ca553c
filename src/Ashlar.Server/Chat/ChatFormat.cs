using System.Text.Json;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Answers;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Chat;

/// <summary>
/// Answers as assistant messages: <c>chat.completion</c> and its chunks. What the model thought goes into
/// <c>reasoning_content</c>, as vLLM and others name it; it is absent where there is none.
/// </summary>
/// <param name="stream">How it is streamed, if it is.</param>
/// <param name="tokenizer">What has the tokens' texts; null where no log probabilities were asked for.</param>
/// <param name="prompt">How the prompt's log probabilities are told; null where they are not.</param>
internal sealed class ChatFormat(StreamFields stream, Tokenizer? tokenizer, PromptLogProbabilities? prompt = null)
    : OpenAIFormat(stream)
{
    public override string IdPrefix => "chatcmpl-";

    protected override string WholeObject => "chat.completion";

    protected override string ChunkObject => "chat.completion.chunk";

    protected override bool HasChunk(in AnswerPiece piece) => piece.Kind != PieceKind.CallEnd;

    protected override void WriteChunkChoice(Utf8JsonWriter json, Answer answer, in AnswerPiece piece)
    {
        json.WriteStartObject("delta"u8);
        switch (piece.Kind)
        {
            case PieceKind.Start:
                json.WriteString("role"u8, "assistant"u8);
                json.WriteString("content"u8, "");
                json.WriteNull("refusal"u8);
                break;
            case PieceKind.Reasoning:
                json.WriteString("reasoning_content"u8, piece.Text);
                break;
            case PieceKind.Text:
                json.WriteString("content"u8, piece.Text);
                break;
            case PieceKind.Call or PieceKind.CallArguments:
                WriteCallDelta(json, answer.Choices[piece.Choice].CallCount - 1, piece);
                break;
            default:
                break; // nothing comes with the end but the end
        }

        json.WriteEndObject();
    }

    protected override void WriteWholeChoice(Utf8JsonWriter json, AnsweredChoice choice)
    {
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        if (choice.CallCount > 0 && choice.Text.Length == 0) json.WriteNull("content"u8);
        else json.WriteString("content"u8, choice.Text);
        json.WriteNull("refusal"u8);
        if (choice.Reasoning.Length > 0) json.WriteString("reasoning_content"u8, choice.Reasoning);
        if (choice.CallCount > 0) WriteCalls(json, choice.Calls);
        json.WriteEndObject();
    }

    // There is one prompt, whatever the number of choices.
    protected override void WriteWholeEnd(Utf8JsonWriter json, Answer answer) => prompt?.Write(json, answer.Choices[0]);

    protected override void WriteLogProbabilities(Utf8JsonWriter json, int choice, IReadOnlyList<ReportedToken> tokens) =>
        ChatLogProbabilities.Write(json, tokenizer, tokens);

    private static void WriteCallDelta(Utf8JsonWriter json, int index, in AnswerPiece piece)
    {
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        if (piece.Kind == PieceKind.Call)
        {
            json.WriteString("id"u8, piece.CallId);
            json.WriteString("type"u8, "function"u8);
        }

        json.WriteStartObject("function"u8);
        if (piece.Kind == PieceKind.Call) json.WriteString("name"u8, piece.CallName);
        json.WriteString("arguments"u8, piece.Text);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteCalls(Utf8JsonWriter json, IEnumerable<AnsweredPart> calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.CallId);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.CallName);
            json.WriteString("arguments"u8, call.Content.ToString());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
