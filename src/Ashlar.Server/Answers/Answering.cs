using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Engine.Grammars;
using Ashlar.Server.Access;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Ashlar.Server.Metrics;
using Ashlar.Server.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Answers;

/// <summary>
/// Runs what was asked for and answers: the one path that all protocols share. Streamed or whole, the answer is fed by the same
/// loop.
/// </summary>
/// <param name="clock">What time is told by.</param>
/// <param name="contentLog">Where prompts and answers are logged; null for nowhere.</param>
internal sealed class Answering(TimeProvider clock, ILogger? contentLog = null)
{
    /// <summary>
    /// Answers a request.
    /// <list type="number">
    /// <item>Every choice is checked by the engine before any is run; then all run at once.</item>
    /// <item>The first update is awaited before anything is sent: until then an error has a status of its own.</item>
    /// <item>Updates become pieces, which make up the answer and, if it is streamed, are sent as they come. Leaving, for whatever
    /// reason, ends the generation.</item>
    /// </list>
    /// </summary>
    public async Task RunAsync(HttpContext context, GenerationJob job)
    {
        var gone = context.RequestAborted;
        var tally = RequestTally.Of(context);
        var id = $"{job.Format.IdPrefix}{Guid.NewGuid():N}";
        if (contentLog is not null) ContentLog.Prompts(contentLog, id, job);
        tally.PromptTokens = job.Choices.Sum(static choice => choice.PromptTokens);
        var tenant = Caller.Of(context).Tenant;
        var adapter = job.Model.Adapter;
        var outputs = job.Choices
            .Select(choice => Start(job, choice with { Request = choice.Request with { Tenant = tenant, Adapter = adapter } }, gone))
            .ToList();
        var readers = job.Choices.Select((choice, index) => new ChoiceReader(job.Model, choice, index)).ToList();
        var pieces = new List<AnswerPiece>();

        var updates = MergedUpdates.Of(outputs, gone).GetAsyncEnumerator(gone);
        await using (updates.ConfigureAwait(false))
        {
            var hasUpdate = await BeginAsync(updates, job).ConfigureAwait(false);
            var answer = new Answer(id, clock.GetUtcNow(), job.Model.Name, job.Choices.Count, tally)
            {
                Report = job.Timings.AreWanted ? new(tally, clock, job.Timings.PerToken) : null,
            };
            var streamed = job.IsStreamed ? StreamedAnswer.Begin(context, job.Format) : null;
            for (; hasUpdate; hasUpdate = await updates.MoveNextAsync().ConfigureAwait(false))
            {
                var (choice, update) = updates.Current;
                tally.Add(update);
                readers[choice].Read(update, pieces);
                foreach (var piece in pieces)
                {
                    answer.Add(piece);
                    streamed?.Write(answer, piece);
                }

                pieces.Clear();
                if (streamed is not null) await streamed.SendAsync().ConfigureAwait(false);
            }

            answer.ReasoningTokens = readers.Sum(static reader => reader.ReasoningTokens);
            if (job.Best is var (told, of)) answer.KeepBest(told, of);
            if (contentLog is not null) ContentLog.Answers(contentLog, answer);
            job.Format.Complete(answer);
            if (streamed is not null) await streamed.CompleteAsync(answer).ConfigureAwait(false);
            else await JsonOutput.WriteAsync(context, 200, WriteWhole, gone).ConfigureAwait(false);

            void WriteWhole(Utf8JsonWriter json) => job.Format.WriteWhole(json, answer);
        }
    }

    // Whether a grammar can be had turns out when it is compiled, before the first update.
    private static async ValueTask<bool> BeginAsync(IAsyncEnumerator<(int, GenerationUpdate)> updates, GenerationJob job)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (GrammarException error)
        {
            throw new ApiException(ErrorMapping.GrammarRefused(error, job.Choices[0].GrammarField), error);
        }
    }

    private IAsyncEnumerable<GenerationUpdate> Start(GenerationJob job, PlannedChoice choice, CancellationToken cancellationToken)
    {
        try
        {
            var output = job.Model.Engine.GenerateAsync(choice.Request, cancellationToken);
            output = RequestMeter.Measure(output, job.Model.Metrics, clock, cancellationToken);
            return choice.Limit?.Invoke(output) ?? output;
        }
        catch (ArgumentException error) when (error is not (PromptTooLongException or UnknownAdapterException))
        {
            // Fields were checked as they were read; this is what only the engine knows, as a vocabulary without a beginning.
            throw new ApiException(ApiError.Field(null, "invalid_value", error.Message), error);
        }
    }
}
