using System.Text.Json;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Streaming;

/// <summary>
/// Writes a response as server-sent events (the event-stream format of the HTML standard): each is one line
/// <c>data: JSON</c> and an empty one. JSON as it is written here holds no line break, so that one line is enough.
/// </summary>
internal sealed class ServerSentEvents : IDisposable
{
    private const string MediaType = "text/event-stream; charset=utf-8";

    private readonly HttpResponse _response;
    private readonly Utf8JsonWriter _json;

    /// <summary>Sets the headers, unless they went out already; they go with the first event.</summary>
    public ServerSentEvents(HttpResponse response)
    {
        _response = response;
        _json = JsonOutput.CreateWriter(response.BodyWriter);
        if (response.HasStarted) return;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // proxies of nginx's kind would gather events otherwise
    }

    /// <summary>Whether a response is such a stream.</summary>
    public static bool IsUsedBy(HttpResponse response) => response.ContentType == MediaType;

    /// <summary>Adds an event to what is sent next.</summary>
    public void Write<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        Append("data: "u8);
        write(_json, state);
        _json.Flush();
        _json.Reset(_response.BodyWriter);
        Append("\n\n"u8);
    }

    /// <summary>Adds the event after which there are no more.</summary>
    public void WriteDone() => Append("data: [DONE]\n\n"u8);

    /// <summary>Sends what was added; waits while the client reads more slowly.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        var result = await _response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled) throw new OperationCanceledException("the client is gone");
    }

    public void Dispose() => _json.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_response.BodyWriter.GetSpan(bytes.Length));
        _response.BodyWriter.Advance(bytes.Length);
    }
}
