using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Finds items whose sequences begin with the same blocks of the cache, by the block table alone, and takes what they share out
/// of them into parts. Span by span: (1) items that share all before it are compared with the first of them; (2) those that share
/// the whole span with it get parts of it, and go on to the next; (3) of the others, those that share its first chunks get parts
/// of these; (4) what is left is each item's own. Sequences may so part from one another one after the other, as in a tree.
/// </summary>
internal sealed unsafe class SharedBlocks : IDisposable
{
    private const int ChunksOfSpan = PagedAttention.Span / PagedAttention.Chunk;

    /// <summary>Rows from which on a part is faster than that each item reads for itself.</summary>
    private const int FewestRows = 12;

    private readonly NativeList<long> _order = new(); // (candidates): the first block, then the number of the item

    /// <summary>Finds parts.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="items">Their items, each from its beginning; those that share go on from states afterwards.</param>
    /// <param name="shape">What they compute.</param>
    /// <param name="most">The most tokens of a part.</param>
    /// <param name="parts">Receives the parts.</param>
    /// <param name="tokens">Receives their tokens.</param>
    public void Find(
        CachedBatch batch, NativeList<AttentionItem> items, ItemShape shape, int most, NativeList<AttentionItem> parts,
        NativeList<int> tokens)
    {
        _order.Clear();
        for (var i = 0; i < items.Count; i++)
        {
            // An item of many tokens has enough to do with what it reads.
            if (2 * items[i].Tokens > most || shape.ChunksBefore(batch, items[i]) == 0) continue;
            _order.Add(((long)batch.BlocksOf(items[i].First, 0, 1)[0] << 32) | (uint)i);
        }

        if (_order.Count < 2) return;
        _order.Span.Sort();
        var search = new Search(batch, items, shape, most, parts, tokens);
        for (var from = 0; from < _order.Count;)
        {
            var to = from + 1;
            while (to < _order.Count && _order[to] >> 32 == _order[from] >> 32) to++;
            if (to - from > 1) search.Share(_order.Span[from..to], 0);
            from = to;
        }
    }

    public void Dispose() => _order.Dispose();

    /// <summary>What a search knows.</summary>
    private readonly ref struct Search(
        CachedBatch batch, NativeList<AttentionItem> items, ItemShape shape, int most, NativeList<AttentionItem> parts,
        NativeList<int> tokens)
    {
        private readonly CachedBatch _batch = batch;

        /// <summary>Takes out what items share from a span on; before it they share everything.</summary>
        public void Share(Span<long> group, int span)
        {
            var alone = 0; // those who share the whole span with nobody come to the front
            for (var from = 0; from < group.Length;)
            {
                var whole = Gather(group[from..], span, ChunksOfSpan);
                if (whole > 1 && Take(group.Slice(from, whole), span, ChunksOfSpan))
                {
                    Share(group.Slice(from, whole), span + 1);
                    from += whole;
                    continue;
                }

                (group[alone], group[from]) = (group[from], group[alone]);
                alone++;
                from++;
            }

            for (var rest = group[..alone]; rest.Length > 1;) rest = rest[TakeBeginnings(rest, span)..];
        }

        // Parts of the first chunks of a span for the first item and those that share them with it: of the ways to choose them
        // the one that saves most. They are brought to the front, and counted.
        private int TakeBeginnings(Span<long> group, int span)
        {
            var (best, saved) = (0, 0);
            for (var chunks = 1; chunks < ChunksOfSpan; chunks++)
            {
                var count = 0;
                foreach (var entry in group)
                {
                    if (Common(group[0], entry, span) >= chunks) count++;
                }

                if ((count - 1) * chunks > saved) (best, saved) = (chunks, (count - 1) * chunks);
            }

            if (best == 0) return 1;
            var common = Gather(group, span, best);
            return Take(group[..common], span, best) ? common : 1;
        }

        // Brings to the front, behind the first, those that share so many chunks of the span with it.
        private int Gather(Span<long> group, int span, int chunks)
        {
            var count = 1;
            for (var i = 1; i < group.Length; i++)
            {
                if (Common(group[0], group[i], span) < chunks) continue;
                (group[count], group[i]) = (group[i], group[count]);
                count++;
            }

            return count;
        }

        // Makes parts for items, and lets them go on behind.
        private bool Take(ReadOnlySpan<long> group, int span, int chunks)
        {
            var total = 0;
            foreach (var entry in group) total += items[(int)entry].Tokens;
            if (total * shape.Group < FewestRows) return false;
            var count = (total + most - 1) / most;
            var even = (total + count - 1) / count;
            var part = new AttentionItem
            {
                First = tokens.Count,
                Begin = span * PagedAttention.Span,
                Last = span * PagedAttention.Span + chunks * PagedAttention.Chunk - 1,
                Span = span,
            };
            foreach (var entry in group)
            {
                ref var item = ref items[(int)entry];
                if (part.Tokens > 0 && part.Tokens + item.Tokens > even)
                {
                    parts.Add(part);
                    part = part with { First = tokens.Count, Tokens = 0 };
                }

                for (var token = 0; token < item.Tokens; token++) tokens.Add(item.First + token);
                part.Tokens += item.Tokens;
                item.Begin = part.Last + 1;
                (item.Spans, item.GoesOn) = chunks == ChunksOfSpan ? (span + 1, 0) : (span, 1);
            }

            parts.Add(part);
            return true;
        }

        // How many chunks of a span two items share.
        private int Common(long a, long b, int span)
        {
            var (first, second) = (items[(int)a], items[(int)b]);
            var chunks = Math.Min(shape.ChunksBefore(_batch, first), shape.ChunksBefore(_batch, second)) - span * ChunksOfSpan;
            if (chunks <= 0) return 0;
            chunks = Math.Min(chunks, ChunksOfSpan);
            var start = span * PagedAttention.Span / shape.BlockSize;
            var past = (span * PagedAttention.Span + chunks * PagedAttention.Chunk + shape.BlockSize - 1) / shape.BlockSize;
            var same = _batch.BlocksOf(first.First, start, past - start)
                .CommonPrefixLength(_batch.BlocksOf(second.First, start, past - start));
            var positions = (start + same) * shape.BlockSize - span * PagedAttention.Span;
            return Math.Clamp(positions / PagedAttention.Chunk, 0, chunks);
        }
    }
}
