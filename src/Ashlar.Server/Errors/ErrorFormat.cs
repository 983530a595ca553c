using System.Text.Json;

namespace Ashlar.Server.Errors;

/// <summary>
/// The protocols' forms of an error. What a request brought and its error repeats may be of any length, and is cut.
/// </summary>
internal static class ErrorFormat
{
    private const int LongestMessage = 1000, LongestParam = 200;

    /// <summary>OpenAI's <c>{"error": {"message", "type", "param", "code"}}</c>.</summary>
    public static void WriteOpenAI(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, MessageOf(error));
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, Shorten(error.Param, LongestParam));
        json.WriteString("code"u8, error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Anthropic's <c>{"type": "error", "error": {"type", "message"}}</c>.</summary>
    public static void WriteAnthropic(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, error.Status switch
        {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            503 => "overloaded_error",
            >= 500 => "api_error",
            _ => "invalid_request_error",
        });
        json.WriteString("message"u8, MessageOf(error));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Ollama's <c>{"error": "message"}</c>.</summary>
    public static void WriteOllama(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteString("error"u8, MessageOf(error));
        json.WriteEndObject();
    }

    /// <summary>The message, cut where it is long.</summary>
    public static string MessageOf(ApiError error) => Shorten(error.Message, LongestMessage)!;

    /// <summary>The form of a path's protocol; it may be a path that nothing answers.</summary>
    public static Action<Utf8JsonWriter, ApiError> Of(string path)
    {
        if (path.StartsWith("/v1/messages", StringComparison.Ordinal)) return WriteAnthropic;
        return path.StartsWith("/api/", StringComparison.Ordinal) ? WriteOllama : WriteOpenAI;
    }

    private static string? Shorten(string? text, int longest) => text?.Length > longest ? $"{text.AsSpan(0, longest)}..." : text;
}
