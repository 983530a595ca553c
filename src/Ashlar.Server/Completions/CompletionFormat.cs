using System.Text.Json;
using Ashlar.Server.Answers;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Completions;

/// <summary>Answers as plain text: <c>text_completion</c>, whole and in events alike.</summary>
internal sealed class CompletionFormat(StreamFields stream) : OpenAIFormat(stream)
{
    public override string IdPrefix => "cmpl-";

    protected override string WholeObject => "text_completion";

    protected override string ChunkObject => "text_completion";

    protected override bool HasChunk(in AnswerPiece piece) => piece.Kind is PieceKind.Text or PieceKind.End;

    protected override void WriteChunkChoice(Utf8JsonWriter json, Answer answer, in AnswerPiece piece) =>
        json.WriteString("text"u8, piece.Text);

    protected override void WriteWholeChoice(Utf8JsonWriter json, AnsweredChoice choice) =>
        json.WriteString("text"u8, choice.Text);
}
