using System.Text;
using System.Text.Json;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Streaming;

/// <summary>
/// A response that is written bit by bit: server-sent events (the event-stream format of the HTML standard), or a line of JSON
/// for each. JSON as it is written here holds no line break, so that one line is enough for either.
/// </summary>
internal sealed class ResponseStream : IDisposable
{
    public const string EventStream = "text/event-stream; charset=utf-8", JsonLines = "application/x-ndjson";

    private readonly HttpResponse _response;
    private readonly Utf8JsonWriter _json;

    /// <summary>Sets the headers; they go with what is sent first.</summary>
    public ResponseStream(HttpResponse response, string mediaType)
    {
        _response = response;
        _json = JsonOutput.CreateWriter(response.BodyWriter);
        response.ContentType = mediaType;
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // proxies of nginx's kind would gather events otherwise
    }

    /// <summary>Whether something was written that was not sent.</summary>
    public bool HasUnsent { get; private set; }

    /// <summary>Adds an event without a name.</summary>
    public void WriteEvent<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        Append("data: "u8);
        WriteJson(state, write);
        Append("\n\n"u8);
    }

    /// <summary>Adds an event with a name.</summary>
    public void WriteEvent<TState>(string name, TState state, Action<Utf8JsonWriter, TState> write)
    {
        Append("event: "u8);
        _response.BodyWriter.Advance(Encoding.ASCII.GetBytes(name, _response.BodyWriter.GetSpan(name.Length)));
        Append("\n"u8);
        WriteEvent(state, write);
    }

    /// <summary>Adds the event after which, by OpenAI's older protocols, there are no more.</summary>
    public void WriteDone() => Append("data: [DONE]\n\n"u8);

    /// <summary>Adds a line of JSON.</summary>
    public void WriteLine<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        WriteJson(state, write);
        Append("\n"u8);
    }

    /// <summary>
    /// Sends what was added; waits while the client reads more slowly. It takes no token: a write that is cancelled breaks the
    /// connection, and the client would never hear why the answer ends. The wait ends with the connection.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask SendAsync()
    {
        HasUnsent = false;
        var result = await _response.BodyWriter.FlushAsync().ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled) throw new OperationCanceledException("the client is gone");
    }

    public void Dispose() => _json.Dispose();

    private void WriteJson<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        write(_json, state);
        _json.Flush();
        _json.Reset(_response.BodyWriter);
        HasUnsent = true;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_response.BodyWriter.GetSpan(bytes.Length));
        _response.BodyWriter.Advance(bytes.Length);
        HasUnsent = true;
    }
}
