using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Json;

/// <summary>Writes JSON bodies.</summary>
internal static class JsonOutput
{
    // Text goes out as it is: a body of type application/json is no HTML that would need its angle brackets escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> output) => new(output, Options);

    /// <summary>A whole body.</summary>
    public static ReadOnlyMemory<byte> ToBytes(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = CreateWriter(body)) write(json);
        return body.WrittenMemory;
    }

    /// <summary>Writes a whole body.</summary>
    public static Task WriteAsync(
        HttpContext context, int status, Action<Utf8JsonWriter> write, CancellationToken cancellationToken) =>
        WriteAsync(context, status, "application/json", ToBytes(write), cancellationToken);

    /// <summary>Answers with an object.</summary>
    /// <param name="context">The request; nothing is written once it is given up.</param>
    /// <param name="writeFields">Writes the object's fields.</param>
    public static Task WriteObjectAsync(HttpContext context, Action<Utf8JsonWriter> writeFields) => WriteAsync(
        context,
        200,
        json =>
        {
            json.WriteStartObject();
            writeFields(json);
            json.WriteEndObject();
        },
        context.RequestAborted);

    /// <summary>Writes a body that is there already.</summary>
    public static async Task WriteAsync(
        HttpContext context, int status, string mediaType, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, cancellationToken).ConfigureAwait(false);
    }
}
