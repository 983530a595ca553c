using System.Text.Json;
using System.Text.Unicode;
using Ashlar.Server.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ashlar.Server.Json;

/// <summary>
/// Reads a request's body as one JSON object. Everything that could go wrong with the text itself goes wrong here: after it
/// every string is Unicode, nothing is nested deep, no name is there twice.
/// </summary>
internal static class RequestBody
{
    public const int MaxDepth = 64;

    // A value takes a few bytes of the body, but twelve of the parsed document: without a bound, commas would buy memory.
    private const int MaxValues = 4_000_000;

    /// <summary>Receives and parses the body. The document's memory goes back with its disposal.</summary>
    /// <exception cref="ApiException">It is no JSON object, or not said to be one.</exception>
    /// <exception cref="BadHttpRequestException">It is larger than the server takes, or did not arrive.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        RequireJson(request);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        return Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    /// <summary>Parses a body.</summary>
    /// <exception cref="ApiException">It is no JSON object.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span)) throw Malformed("it is not UTF-8");
        try
        {
            CheckValues(utf8.Span);
            var document = JsonDocument.Parse(utf8, new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            using (document) throw Malformed($"it is {document.RootElement.Describe()}");
        }
        catch (JsonException error)
        {
            throw Malformed(Explain(error), error);
        }
    }

    // A content type is required because browsers let any page post a body that has none, or a plain one, to any server.
    private static void RequireJson(HttpRequest request)
    {
        var isJson = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
        if (!isJson) throw UnsupportedMedia("send the body as UTF-8 with the header 'Content-Type: application/json'");
        if (request.Headers.ContentEncoding is { Count: > 0 } and not ["identity"])
        {
            throw UnsupportedMedia("send the body as it is, without a Content-Encoding");
        }
    }

    private static void CheckValues(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        for (var values = 0; reader.Read(); values++)
        {
            if (values == MaxValues) throw Malformed($"it has more than {MaxValues} values");
            if (!reader.ValueIsEscaped) continue;
            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException error)
            {
                throw Malformed($"the string that ends at byte {reader.BytesConsumed} has half a surrogate pair", error);
            }
        }
    }

    private static string Explain(JsonException error)
    {
        // The reader appends its own notation of the place, which counts lines from zero.
        var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.', ' ');
        return error.LineNumber is null ? reason : $"{reason} (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1})";
    }

    private static ApiException Malformed(string reason, Exception? cause = null) => new(
        new(400, ApiError.InvalidRequest, "invalid_json", $"the body must be a JSON object: {reason}"), cause);

    private static ApiException UnsupportedMedia(string mend) => new(
        new(415, ApiError.InvalidRequest, "unsupported_media_type", $"this type of body is not supported; {mend}"));
}
