using System.Runtime.CompilerServices;
using Ashlar.Engine;

namespace Ashlar.Server.Infill;

/// <summary>
/// What ends an answer to a person who types, beside what ends any: a newer request of the session, the time, and the end of the
/// code that the place has room for. Whatever has come by then is the answer.
/// </summary>
/// <param name="promptTokens">Tokens of the prompt.</param>
/// <param name="longest">How long tokens may be generated once the text has a whole line; null for any time.</param>
/// <param name="leastIndentation">See <see cref="IndentationLimit"/>.</param>
/// <param name="clock">What time is told by.</param>
/// <param name="superseded">Cancelled by a newer request.</param>
internal sealed class InfillLimits(
    int promptTokens, TimeSpan? longest, int leastIndentation, TimeProvider clock, CancellationToken superseded)
{
    private readonly IndentationLimit _indentation = new(leastIndentation);

    /// <summary>Whether a newer request has ended the answer.</summary>
    public bool IsSuperseded { get; private set; }

    /// <summary>The updates until one of the limits is reached, and then one that ends them; for one output, once.</summary>
    public async IAsyncEnumerable<GenerationUpdate> Keep(
        IAsyncEnumerable<GenerationUpdate> output, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, superseded);
        var (started, first, count, cached) = (clock.GetTimestamp(), 0L, 0, 0);
        var updates = output.GetAsyncEnumerator(either.Token);
        await using (updates.ConfigureAwait(false))
        {
            while (await MoveNextAsync(updates, cancellationToken).ConfigureAwait(false))
            {
                var update = updates.Current;
                if (count == 0) first = clock.GetTimestamp();
                count += update.Tokens.Length;
                if (update.Start is { } start) cached = start.Usage.CachedTokens;
                update = update with { Text = _indentation.Append(update.Text) };
                if (update.FinishReason is not null && !_indentation.IsReached)
                {
                    yield return update with { Text = update.Text + _indentation.Finish() };
                    yield break;
                }

                if (_indentation.IsReached || (_indentation.HasLines && clock.GetElapsedTime(first) > longest))
                {
                    yield return End(update);
                    yield break;
                }

                yield return update;
            }
        }

        if (IsSuperseded) yield return End(new() { Tokens = default, Text = "" });

        GenerationUpdate End(GenerationUpdate last)
        {
            var now = clock.GetTimestamp();
            if (count == 0) first = now;
            return last with
            {
                FinishReason = FinishReason.Length,
                Usage = new(promptTokens, count, cached),
                Timings = new(TimeSpan.Zero, clock.GetElapsedTime(started, first), clock.GetElapsedTime(first, now)),
            };
        }
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<GenerationUpdate> updates, CancellationToken gone)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (superseded.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            IsSuperseded = true;
            return false;
        }
    }
}
