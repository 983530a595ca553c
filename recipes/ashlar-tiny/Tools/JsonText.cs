using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ashlar.Tiny.Tools;

/// <summary>JSON on one line with a space behind each colon and comma, as chat templates write it.</summary>
internal static class JsonText
{
    /// <summary>Escapes only what JSON demands.</summary>
    public static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonNode? node) => node switch
    {
        JsonObject members => $"{{{string.Join(", ", members.Select(member => $"{Text(member.Key)}: {Of(member.Value)}"))}}}",
        JsonArray items => $"[{string.Join(", ", items.Select(Of))}]",
        null => "null",
        _ => node.ToJsonString(Plain),
    };

    private static string Text(string text) => JsonSerializer.Serialize(text, Plain);
}
