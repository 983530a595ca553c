using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Conversations;

/// <summary>Reads the arguments of a tool call of an earlier turn: chat templates want them as an object.</summary>
internal static class CallArguments
{
    private const string Expected = "the text of a JSON object";

    /// <summary>Arguments that come as the text of a JSON object, as OpenAI's protocols have them.</summary>
    public static JsonObject Parse(RequestFields call, string name)
    {
        var text = call.Text(name) ?? throw FieldErrors.Missing(call.PathOf(name), Expected);
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = RequestBody.MaxDepth, AllowDuplicateProperties = false };
            return text.Length == 0 ? [] : JsonNode.Parse(text, documentOptions: options) as JsonObject
                ?? throw Wrong("another value");
        }
        catch (JsonException error)
        {
            throw Wrong(error.Message);
        }

        ApiException Wrong(string reason) => FieldErrors.WrongValue(call.PathOf(name), $"not one ({reason})", Expected);
    }

    /// <summary>Arguments that come as an object.</summary>
    public static JsonObject Take(RequestFields call, string name) => call.Object(name, "an object of arguments") is { } json
        ? (JsonObject)JsonNode.Parse(json.GetRawText())!
        : throw FieldErrors.Missing(call.PathOf(name), "an object of arguments");
}
