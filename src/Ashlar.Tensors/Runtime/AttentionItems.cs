using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// The tokens of a batch, cut into the items that <see cref="PagedAttention"/> takes: neighbours of one sequence at successive
/// positions. Before them go parts: what several sequences share, computed once for all of them, and what threads would wait for
/// if one of them had it all. How they are cut decides nothing but speed. Memory is kept from run to run. Not thread-safe.
/// </summary>
internal sealed unsafe class AttentionItems : IDisposable
{
    /// <summary>Heads of tokens that one item has at most, unless one token has more: they should fit the second cache.</summary>
    private const int MostRows = 128;

    /// <summary>Pieces of work that a thread should find, so that none waits long for another.</summary>
    private const int PiecesPerThread = 4;

    private const int FewestTokens = 4;

    private readonly NativeList<AttentionItem> _items = new();
    private readonly NativeList<AttentionItem> _parts = new();
    private readonly NativeList<int> _tokens = new();
    private readonly NativeList<int> _firstStates = new();
    private readonly SharedBlocks _shared = new();

    /// <summary>The items with results; valid until the next <see cref="Prepare"/>, as all here.</summary>
    public ReadOnlySpan<AttentionItem> Items => _items.Span;

    /// <summary>The parts, which go before.</summary>
    public ReadOnlySpan<AttentionItem> Parts => _parts.Span;

    /// <summary>The numbers of items' tokens.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.Span;

    /// <summary>Of each token of the batch the number of its first state.</summary>
    public ReadOnlySpan<int> FirstStates => _firstStates.Span;

    /// <summary>How many states the parts write.</summary>
    public long States { get; private set; }

    /// <summary>Cuts a batch. Where it has little work, items are smaller, so that all threads have some.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="threads">How many threads share the work.</param>
    /// <param name="shape">What they compute.</param>
    public void Prepare(CachedBatch batch, int threads, ItemShape shape)
    {
        _parts.Clear();
        _tokens.Clear();
        for (var token = 0; token < batch.Tokens; token++) _tokens.Add(token);
        var most = PagedAttention.TokensPerItem;
        while (most > 1 && most * shape.Group > MostRows) most /= 2;
        var mostOfPart = most;
        Fill(batch, most);
        while (most > FewestTokens && _items.Count < batch.Tokens && IsTooLittle())
        {
            most /= 2;
            Fill(batch, most);
        }

        _shared.Find(batch, _items, shape, mostOfPart, _parts, _tokens);
        if (threads > 1 && IsTooLittle()) Split(batch, shape);
        CountStates(batch.Tokens);

        bool IsTooLittle() => _items.Count * (long)shape.KeyHeads < (long)threads * PiecesPerThread;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _items.Dispose();
        _parts.Dispose();
        _tokens.Dispose();
        _firstStates.Dispose();
        _shared.Dispose();
    }

    /// <summary>The address of the items, of the parts, of the list of tokens, of the first states.</summary>
    public (long Items, long Parts, long Tokens, long FirstStates) Addresses =>
        ((long)_items.Pointer, (long)_parts.Pointer, (long)_tokens.Pointer, (long)_firstStates.Pointer);

    private void Fill(CachedBatch batch, int most)
    {
        _items.Clear();
        for (var token = 0; token < batch.Tokens; token++)
        {
            var joins = token > 0 && _items[_items.Count - 1].Tokens < most && batch.Follows(token);
            if (joins) _items[_items.Count - 1].Tokens++;
            else _items.Add(new AttentionItem { First = token, Tokens = 1, Last = -1 });
        }
    }

    // Whole spans of a long context become parts of their own.
    private void Split(CachedBatch batch, ItemShape shape)
    {
        const int FewestSpans = 2;
        foreach (ref var item in _items.Span)
        {
            if (item.GoesOn > 0) continue;
            var past = shape.ChunksBefore(batch, item) * PagedAttention.Chunk / PagedAttention.Span;
            if (past - item.Spans < FewestSpans) continue;
            for (var span = item.Spans; span < past; span++)
            {
                _parts.Add(item with
                {
                    Begin = span * PagedAttention.Span,
                    Last = (span + 1) * PagedAttention.Span - 1,
                    Spans = 0,
                    Span = span,
                });
            }

            (item.Begin, item.Spans) = (past * PagedAttention.Span, past);
        }
    }

    private void CountStates(int tokens)
    {
        States = 0;
        _firstStates.Clear();
        if (_parts.Count == 0) return;
        for (var token = 0; token < tokens; token++) _firstStates.Add(0);
        foreach (ref readonly var item in _items.Span)
        {
            for (var token = item.First; token < item.First + item.Tokens; token++)
            {
                _firstStates[token] = checked((int)States);
                States += item.Spans + item.GoesOn;
            }
        }
    }
}
