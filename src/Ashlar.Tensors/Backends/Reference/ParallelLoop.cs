using System.Runtime.ExceptionServices;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>Splits a range among threads. The body must not depend on how the range is cut.</summary>
internal sealed class ParallelLoop(int threads)
{
    private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = threads };

    /// <summary>Runs <paramref name="body"/> over [0, count) in pieces [from, to).</summary>
    /// <param name="count">The length of the range.</param>
    /// <param name="operations">What the whole range costs, in multiply-adds: little work stays on the calling thread.</param>
    /// <param name="body">What is done with a piece.</param>
    public void Run(long count, long operations, Action<long, long> body)
    {
        const long WorthAThread = 1 << 16;
        var pieces = Math.Min(count, Math.Min(threads * 4L, operations / WorthAThread));
        if (threads == 1 || pieces <= 1)
        {
            body(0, count);
            return;
        }

        try
        {
            Parallel.For(0, pieces, _options, piece => body(count * piece / pieces, count * (piece + 1) / pieces));
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }
}
