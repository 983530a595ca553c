using Ashlar.Server.Access;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Streaming;

/// <summary>Sends every update as it comes.</summary>
internal sealed class StreamedAnswer(
    ServerSentEvents events, AnswerJson answer, AnswerShape shape, RequestTally tally, bool withUsage) : AnswerSink
{
    private int _opened; // choices that have begun; they come one after another

    public override ValueTask AcceptAsync(ChoiceUpdate update, CancellationToken cancellationToken)
    {
        var index = update.Index;
        var opens = shape.HasOpening && index == _opened;
        if (opens)
        {
            events.Write((answer, index, withUsage), static (json, x) => x.answer.WriteOpening(json, x.index, x.withUsage));
            _opened++;
        }

        var text = update.Text;
        if (text.Length > 0)
        {
            events.Write(
                (answer, index, text, withUsage), static (json, x) => x.answer.WriteText(json, x.index, x.text, x.withUsage));
        }

        if (update.FinishReason is { } reason)
        {
            events.Write(
                (answer, index, reason, withUsage), static (json, x) => x.answer.WriteEnd(json, x.index, x.reason, x.withUsage));
        }

        // Silent: half a character, or what may become a stop text.
        var isSilent = !opens && text.Length == 0 && update.FinishReason is null;
        return isSilent ? ValueTask.CompletedTask : events.SendAsync(cancellationToken);
    }

    public override ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (withUsage) events.Write((answer, tally.Usage), static (json, x) => x.answer.WriteUsageChunk(json, x.Usage));
        events.WriteDone();
        return events.SendAsync(cancellationToken);
    }
}
