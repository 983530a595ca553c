using System.Text.Json;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Chat;

/// <summary>Answers as assistant messages: <c>chat.completion</c> and its chunks.</summary>
internal sealed class ChatShape : AnswerShape
{
    public override string IdPrefix => "chatcmpl-";

    public override string WholeObject => "chat.completion";

    public override string ChunkObject => "chat.completion.chunk";

    public override bool HasOpening => true;

    public override void WriteOpening(Utf8JsonWriter json) => WriteMessage(json, "delta"u8, "");

    public override void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject("delta"u8);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    public override void WriteEnd(Utf8JsonWriter json)
    {
        json.WriteStartObject("delta"u8);
        json.WriteEndObject();
    }

    public override void WriteWhole(Utf8JsonWriter json, string text) => WriteMessage(json, "message"u8, text);

    private static void WriteMessage(Utf8JsonWriter json, ReadOnlySpan<byte> name, string content)
    {
        json.WriteStartObject(name);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, content);
        json.WriteNull("refusal"u8);
        json.WriteEndObject();
    }
}
