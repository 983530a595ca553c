using System.Runtime.CompilerServices;
using Ashlar.Engine;
using Ashlar.Server.Access;
using Ashlar.Server.Errors;
using Ashlar.Server.Streaming;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Generation;

/// <summary>Runs what was asked for and answers, streamed or whole: both are fed by the same loop.</summary>
internal sealed class Answering(TimeProvider clock)
{
    /// <summary>
    /// Answers a request.
    /// <list type="number">
    /// <item>Every choice is checked by the engine before any is run.</item>
    /// <item>The first update is awaited before anything is sent: until then an error has a status of its own.</item>
    /// <item>Updates go to the sink as they come. Leaving, for whatever reason, ends the generation.</item>
    /// </list>
    /// </summary>
    public async Task RunAsync(HttpContext context, GenerationJob job)
    {
        var gone = context.RequestAborted;
        var tally = RequestTally.Of(context);
        var outputs = job.Choices.Select(choice => Start(job.Model.Engine, choice.Request, gone)).ToList();

        var updates = Follow(job.Choices, outputs, tally, gone).GetAsyncEnumerator(gone);
        await using (updates.ConfigureAwait(false))
        {
            var hasUpdate = await updates.MoveNextAsync().ConfigureAwait(false);
            var answer = new AnswerJson(job.Shape, $"{job.Shape.IdPrefix}{Guid.NewGuid():N}", clock.GetUtcNow(), job.Model.Name);
            using var events = job.Stream.IsStreamed ? new ServerSentEvents(context.Response) : null;
            AnswerSink sink = events is null
                ? new WholeAnswer(context, answer, tally, job.Choices.Count)
                : new StreamedAnswer(events, answer, job.Shape, tally, job.Stream.IncludeUsage);
            for (; hasUpdate; hasUpdate = await updates.MoveNextAsync().ConfigureAwait(false))
            {
                await sink.AcceptAsync(updates.Current, gone).ConfigureAwait(false);
            }

            await sink.CompleteAsync(gone).ConfigureAwait(false);
        }
    }

    private static IAsyncEnumerable<GenerationUpdate> Start(
        InferenceEngine engine, GenerationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return engine.GenerateAsync(request, cancellationToken);
        }
        catch (ArgumentException error) when (error is not PromptTooLongException)
        {
            // Fields were checked as they were read; this is what only the engine knows, as a vocabulary without a beginning.
            throw new ApiException(ApiError.Field(null, "invalid_value", error.Message), error);
        }
    }

    private static async IAsyncEnumerable<ChoiceUpdate> Follow(
        IReadOnlyList<PlannedChoice> choices,
        List<IAsyncEnumerable<GenerationUpdate>> outputs,
        RequestTally tally,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var index = 0; index < outputs.Count; index++)
        {
            var isFirst = true;
            await foreach (var update in outputs[index].WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                tally.Add(update);
                yield return new(index, isFirst ? choices[index].Echo + update.Text : update.Text, update.FinishReason);
                isFirst = false;
            }
        }
    }
}
