using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ashlar.Engine;

namespace Ashlar.Server.Answers;

/// <summary>Brings the updates of several generations, which run at once, in one row.</summary>
internal static class MergedUpdates
{
    /// <summary>All updates of all outputs as they come, each with the number of its output.</summary>
    /// <param name="outputs">What to follow, 1 or more; each is asked for its first update at once.</param>
    /// <param name="cancellationToken">Ends all.</param>
    public static IAsyncEnumerable<(int Output, GenerationUpdate Update)> Of(
        IReadOnlyList<IAsyncEnumerable<GenerationUpdate>> outputs, CancellationToken cancellationToken) =>
        outputs.Count == 1 ? Single(outputs[0], cancellationToken) : Merge(outputs, cancellationToken);

    private static async IAsyncEnumerable<(int Output, GenerationUpdate Update)> Single(
        IAsyncEnumerable<GenerationUpdate> output, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var update in output.WithCancellation(cancellationToken).ConfigureAwait(false)) yield return (0, update);
    }

    // What a slow consumer leaves gathers in the engine's outputs; the channel holds one update of each.
    private static async IAsyncEnumerable<(int Output, GenerationUpdate Update)> Merge(
        IReadOnlyList<IAsyncEnumerable<GenerationUpdate>> outputs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<(int, GenerationUpdate)>(
            new BoundedChannelOptions(outputs.Count) { SingleReader = true });
        var pumps = new Task[outputs.Count];
        try
        {
            for (var i = 0; i < pumps.Length; i++) pumps[i] = PumpAsync(outputs[i], i, channel.Writer, left.Token);

            // A full queue refuses at once: before any update is taken, so that the refusal has a status of its own.
            if (pumps.FirstOrDefault(static pump => pump.IsFaulted) is { } refused) await refused.ConfigureAwait(false);
            _ = CompleteAsync(pumps, channel.Writer);
            await foreach (var update in channel.Reader.ReadAllAsync(left.Token).ConfigureAwait(false)) yield return update;
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pumps.Where(static pump => pump is not null)).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task PumpAsync(
        IAsyncEnumerable<GenerationUpdate> output,
        int index,
        ChannelWriter<(int, GenerationUpdate)> writer,
        CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var update in output.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                await writer.WriteAsync((index, update), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            writer.TryComplete(error); // the first error counts
            throw;
        }
    }

    private static async Task CompleteAsync(Task[] pumps, ChannelWriter<(int, GenerationUpdate)> writer)
    {
        await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        writer.TryComplete();
    }
}
