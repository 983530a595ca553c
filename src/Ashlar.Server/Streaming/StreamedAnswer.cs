using Ashlar.Server.Access;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Streaming;

/// <summary>Sends every update as it comes.</summary>
internal sealed class StreamedAnswer(ServerSentEvents events, AnswerJson answer, AnswerShape shape, RequestTally tally, bool withUsage) : AnswerSink
{
    private int _opened; // choices that have begun; they come one after another

    public override ValueTask AcceptAsync(ChoiceUpdate update, CancellationToken cancellationToken)
    {
        var opens = shape.HasOpening && update.Index == _opened;
        if (opens)
        {
            events.Write((answer, update.Index, withUsage), static (json, x) => x.answer.WriteOpening(json, x.Index, x.withUsage));
            _opened++;
        }

        if (update.Text.Length > 0)
        {
            events.Write((answer, update, withUsage), static (json, x) => x.answer.WriteText(json, x.update.Index, x.update.Text, x.withUsage));
        }

        if (update.FinishReason is { } reason)
        {
            events.Write((answer, update.Index, reason, withUsage), static (json, x) => x.answer.WriteEnd(json, x.Index, x.reason, x.withUsage));
        }

        return opens || update.Text.Length > 0 || update.FinishReason is not null ? events.SendAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    public override ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (withUsage) events.Write((answer, tally.Usage), static (json, x) => x.answer.WriteUsageChunk(json, x.Usage));
        events.WriteDone();
        return events.SendAsync(cancellationToken);
    }
}
