using System.Text.Json;
using Ashlar.Server.Errors;
using Ashlar.Server.Streaming;

namespace Ashlar.Server.Answers;

/// <summary>
/// A protocol's way to tell an answer: whole, or piece by piece. One is made for each request and may keep what it needs to know
/// between pieces. Every piece is in the answer already when it is written.
/// </summary>
internal abstract class AnswerFormat
{
    /// <summary>What the ids of answers begin with.</summary>
    public abstract string IdPrefix { get; }

    /// <summary>The media type of a streamed answer.</summary>
    public virtual string StreamType => ResponseStream.EventStream;

    /// <summary>Writes the whole answer, once it is complete.</summary>
    public abstract void WriteWhole(Utf8JsonWriter json, Answer answer);

    /// <summary>Writes what a piece brings; may be nothing.</summary>
    public abstract void WritePiece(ResponseStream stream, Answer answer, in AnswerPiece piece);

    /// <summary>Writes what comes after the last piece.</summary>
    public abstract void WriteClosing(ResponseStream stream, Answer answer);

    /// <summary>Writes the error that ends a stream before its time.</summary>
    public abstract void WriteError(ResponseStream stream, ApiError error);

    /// <summary>The answer is complete, and about to be told or, streamed, to be closed.</summary>
    public virtual void Complete(Answer answer)
    {
    }
}
