using System.Text.Json;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Completions;

/// <summary>Answers as plain text: <c>text_completion</c>, whole and in events alike.</summary>
internal sealed class CompletionShape : AnswerShape
{
    public override string IdPrefix => "cmpl-";

    public override string WholeObject => "text_completion";

    public override string ChunkObject => "text_completion";

    public override bool HasOpening => false;

    public override void WriteOpening(Utf8JsonWriter json) => WriteText(json, "");

    public override void WriteText(Utf8JsonWriter json, string text) => json.WriteString("text"u8, text);

    public override void WriteEnd(Utf8JsonWriter json) => WriteText(json, "");

    public override void WriteWhole(Utf8JsonWriter json, string text) => WriteText(json, text);
}
