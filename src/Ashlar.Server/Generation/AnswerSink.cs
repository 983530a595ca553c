namespace Ashlar.Server.Generation;

/// <summary>Takes the updates of an answer and makes the response of them.</summary>
internal abstract class AnswerSink
{
    /// <summary>Takes the next update.</summary>
    public abstract ValueTask AcceptAsync(ChoiceUpdate update, CancellationToken cancellationToken);

    /// <summary>All choices have ended.</summary>
    public abstract ValueTask CompleteAsync(CancellationToken cancellationToken);
}
