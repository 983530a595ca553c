using System.Text.Json;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Answers;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Completions;

/// <summary>Answers as plain text: <c>text_completion</c>, whole and in events alike.</summary>
/// <param name="stream">How it is streamed, if it is.</param>
/// <param name="tokenizer">What has the tokens' texts; null where no log probabilities were asked for.</param>
/// <param name="prompt">How the prompts' log probabilities are told; null where they are not.</param>
internal sealed class CompletionFormat(StreamFields stream, Tokenizer? tokenizer, PromptLogProbabilities? prompt = null)
    : OpenAIFormat(stream)
{
    private readonly Dictionary<int, int> _offsets = []; // characters of the tokens that were told, by choice

    public override string IdPrefix => "cmpl-";

    protected override string WholeObject => "text_completion";

    protected override string ChunkObject => "text_completion";

    protected override bool HasChunk(in AnswerPiece piece) => piece.Kind is PieceKind.Text or PieceKind.End;

    protected override void WriteChunkChoice(Utf8JsonWriter json, Answer answer, in AnswerPiece piece) =>
        json.WriteString("text"u8, piece.Text);

    protected override void WriteWholeChoice(Utf8JsonWriter json, AnsweredChoice choice)
    {
        json.WriteString("text"u8, choice.Text);
        prompt?.Write(json, choice);
    }

    protected override void WriteLogProbabilities(Utf8JsonWriter json, int choice, IReadOnlyList<ReportedToken> tokens)
    {
        var offset = _offsets.GetValueOrDefault(choice);
        CompletionLogProbabilities.Write(json, tokenizer, tokens, offset);
        if (tokenizer is null) return;
        _offsets[choice] = offset + tokens.Sum(token => CompletionLogProbabilities.TextOf(tokenizer, token.Token).Length);
    }
}
