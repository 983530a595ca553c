using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ashlar.Engine.Dialects;

/// <summary>A call of an earlier turn, to be written as the model would have.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments.</param>
internal sealed record SpelledCall(string Id, string Name, JsonObject Arguments)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The arguments as JSON text.</summary>
    public string ArgumentsText => TextOf(Arguments);

    /// <summary>The call as a JSON object.</summary>
    public string ToJson(string name = "name", string arguments = "arguments") =>
        $"{{\"{name}\": {TextOf(JsonValue.Create(Name))}, \"{arguments}\": {ArgumentsText}}}";

    /// <summary>JSON that escapes no more than it must.</summary>
    public static string TextOf(JsonNode? node) => node?.ToJsonString(Plain) ?? "null";
}
