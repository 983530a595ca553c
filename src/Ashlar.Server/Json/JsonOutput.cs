using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ashlar.Server.Errors;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Json;

/// <summary>Writes JSON bodies.</summary>
internal static class JsonOutput
{
    private const int LongestMessage = 1000, LongestParam = 200;

    // Text goes out as it is: a body of type application/json is no HTML that would need its angle brackets escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> output) => new(output, Options);

    /// <summary>Writes a whole body.</summary>
    public static async Task WriteAsync(
        HttpContext context, int status, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = CreateWriter(body)) write(json);

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        await context.Response.Body.WriteAsync(body.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes <c>{"error": {...}}</c>. What a request brought and its error repeats may be of any length, and is cut.
    /// </summary>
    public static void WriteError(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, Shorten(error.Message, LongestMessage));
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, Shorten(error.Param, LongestParam));
        json.WriteString("code"u8, error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string? Shorten(string? text, int longest) => text?.Length > longest ? $"{text.AsSpan(0, longest)}..." : text;
}
