using System.Runtime.ExceptionServices;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Training.Tokenizers;

/// <summary>
/// Cuts texts into pieces and counts these on all threads. Text is taken in rounds of a fixed number of bytes: at the end of
/// each, what the threads counted is put together, and should that have become too much, its rarest pieces are forgotten. So
/// memory is bounded, and which thread counted what has no part in the result.
/// </summary>
internal sealed class PieceCounter(string family, BytePairOptions options)
{
    /// <summary>Bytes of text in a round.</summary>
    public const int RoundBytes = 32 << 20;

    private const int BatchBytes = 1 << 18;

    private readonly AddedToken[] _special =
        [.. options.AllSpecialTokens.Select((text, i) => new AddedToken(i, System.Text.Encoding.UTF8.GetBytes(text), true))];

    /// <summary>Counts the pieces of all texts.</summary>
    public PieceCounts Count(
        IEnumerable<ReadOnlyMemory<byte>> texts, IProgress<BytePairProgress>? progress, CancellationToken cancellation)
    {
        using var source = new TextSource(texts.SelectMany(TextBlocks.Cut).GetEnumerator());
        var workers = Enumerable.Range(0, options.Threads).Select(_ => new Worker(Create(), _special)).ToArray();
        var all = new PieceCounts();
        while (source.BeginRound())
        {
            CountRound(source, workers, progress, cancellation);
            foreach (var worker in workers)
            {
                all.Add(worker.Counts);
                worker.Counts.Clear();
            }

            if (all.Bytes > options.MostDistinctBytes) all = all.WithoutRarest(options.MostDistinctBytes);
        }

        return all;
    }

    private void CountRound(
        TextSource source, Worker[] workers, IProgress<BytePairProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            Parallel.ForEach(workers, new ParallelOptions { MaxDegreeOfParallelism = workers.Length }, worker =>
            {
                while (source.TryTake(worker.Batch))
                {
                    cancellation.ThrowIfCancellationRequested();
                    worker.CountBatch();
                    progress?.Report(new BytePairProgress(source.BytesTaken, 0, options.MostMerges));
                }
            });
        }
        catch (AggregateException error)
        {
            // A file that cannot be read, or the end of the work: whoever called knows the error by its own type.
            ExceptionDispatchInfo.Throw(error.Flatten().InnerExceptions[0]);
        }
    }

    private PreTokenizer Create() => PreTokenizerFamilies.Find(family)!;

    // Hands out blocks of text, whoever asks, until a round's bytes are taken.
    private sealed class TextSource(IEnumerator<ReadOnlyMemory<byte>> blocks) : IDisposable
    {
        private readonly Lock _lock = new();
        private long _roundEnd;
        private bool _hasBlock;
        private long _bytesTaken;

        public long BytesTaken => Interlocked.Read(ref _bytesTaken);

        public bool BeginRound()
        {
            _roundEnd = _bytesTaken + RoundBytes;
            return _hasBlock || (_hasBlock = blocks.MoveNext());
        }

        public bool TryTake(List<ReadOnlyMemory<byte>> batch)
        {
            batch.Clear();
            lock (_lock)
            {
                for (var bytes = 0; _hasBlock && bytes < BatchBytes && _bytesTaken < _roundEnd; _hasBlock = blocks.MoveNext())
                {
                    batch.Add(blocks.Current);
                    bytes += blocks.Current.Length;
                    Interlocked.Add(ref _bytesTaken, blocks.Current.Length);
                }
            }

            return batch.Count > 0;
        }

        public void Dispose() => blocks.Dispose();
    }

    private sealed class Worker(PreTokenizer preTokenizer, AddedToken[] special) : PieceSink
    {
        private readonly AddedTokens _special = new(special);

        public List<ReadOnlyMemory<byte>> Batch { get; } = [];

        public PieceCounts Counts { get; } = new();

        public void CountBatch()
        {
            foreach (var text in Batch) CountText(text.Span);
        }

        public override void Accept(ReadOnlySpan<byte> piece, bool atStart) => Counts.Add(piece);

        private void CountText(ReadOnlySpan<byte> text)
        {
            for (var at = 0; at < text.Length;)
            {
                var (start, end) = (text.Length, text.Length);
                if (_special.Any) _special.Find(text, at, out start, out end);
                if (start > at) preTokenizer.Split(text[at..start], at == 0, this);
                at = end;
            }
        }
    }
}
