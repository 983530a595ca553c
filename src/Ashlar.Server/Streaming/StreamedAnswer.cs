using Ashlar.Server.Answers;
using Ashlar.Server.Errors;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Streaming;

/// <summary>The answer that a request is being streamed; kept with the request, so that whatever ends it can be told in
/// it.</summary>
internal sealed class StreamedAnswer(ResponseStream stream, AnswerFormat format)
{
    /// <summary>The streamed answer of a request, once it has begun.</summary>
    public static StreamedAnswer? Of(HttpContext context) => context.Features.Get<StreamedAnswer>();

    /// <summary>Begins a streamed answer to a request.</summary>
    public static StreamedAnswer Begin(HttpContext context, AnswerFormat format)
    {
        var stream = new ResponseStream(context.Response, format.StreamType);
        context.Response.RegisterForDispose(stream);
        var streamed = new StreamedAnswer(stream, format);
        context.Features.Set(streamed);
        return streamed;
    }

    public void Write(Answer answer, in AnswerPiece piece) => format.WritePiece(stream, answer, piece);

    /// <summary>Sends what was written, if anything was: half a character, or what may become a stop text, writes
    /// nothing.</summary>
    public ValueTask SendAsync() =>
        stream.HasUnsent ? stream.SendAsync() : ValueTask.CompletedTask;

    public ValueTask CompleteAsync(Answer answer)
    {
        format.WriteClosing(stream, answer);
        return stream.SendAsync();
    }

    public ValueTask FailAsync(ApiError error)
    {
        format.WriteError(stream, error);
        return stream.SendAsync();
    }
}
