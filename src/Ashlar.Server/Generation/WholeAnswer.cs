using System.Text;
using Ashlar.Engine;
using Ashlar.Server.Access;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Generation;

/// <summary>Gathers the answer and gives it as one object: a fold over the stream.</summary>
internal sealed class WholeAnswer(HttpContext context, AnswerJson answer, RequestTally tally, int choices) : AnswerSink
{
    private readonly StringBuilder[] _texts = [.. Enumerable.Range(0, choices).Select(static _ => new StringBuilder())];
    private readonly FinishReason[] _reasons = new FinishReason[choices];

    public override ValueTask AcceptAsync(ChoiceUpdate update, CancellationToken cancellationToken)
    {
        _texts[update.Index].Append(update.Text);
        if (update.FinishReason is { } reason) _reasons[update.Index] = reason;
        return ValueTask.CompletedTask;
    }

    public override ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        var choices = _texts.Zip(_reasons, static (text, reason) => (text.ToString(), reason)).ToList();
        return new(JsonOutput.WriteAsync(context, 200, json => answer.WriteWhole(json, choices, tally.Usage), cancellationToken));
    }
}
