using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Attention, sixteen positions at a time: (1) the scores of all queries of an item with a part of the keys, as one product; (2)
/// for each query the largest score so far, and the exponentials; (3) what was gathered before is scaled down and the part's
/// values are added. Parts begin at multiples of sixteen, whatever the tokens, and a query goes over those that it sees: its bits
/// depend on nothing else. (4) At the end of a span its state joins that of the spans before.
/// </summary>
internal sealed unsafe class PagedAttentionKernel : PortableKernel
{
    private const int Positions = 16; // in a part
    private readonly PagedAttentionShape _shape;
    private readonly int _group; // heads that share a key head
    private readonly int _queries; // the most of an item
    private readonly long _denseQueries, _states, _gathered, _keys, _values; // where they begin in the scratch memory, in floats

    public PagedAttentionKernel(PagedAttention attention)
    {
        _shape = attention.Shape;
        if (!CacheStore.CanBe(_shape.KeyType, _shape.Size) || !CacheStore.CanBe(_shape.ValueType, _shape.ValueSize))
        {
            throw new NotSupportedException($"'{attention}' has a cache of types that no kernel reads");
        }

        if (_shape.Heads % _shape.KeyHeads != 0 || _shape.BlockSize % Positions != 0)
        {
            throw new NotSupportedException($"'{attention}' splits heads or blocks unevenly");
        }

        _group = _shape.Heads / _shape.KeyHeads;
        _queries = PagedAttention.TokensPerItem * _group;
        _denseQueries = (long)_queries * Positions; // scores come first
        _states = _denseQueries + Padded((long)_queries * _shape.Size);
        _gathered = _states + Padded(4L * _queries);
        _keys = _gathered + Padded(2L * _queries * _shape.ValueSize);
        _values = _keys + (long)_shape.Size * Positions;
    }

    public override long ScratchBytes => (_values + (long)_shape.ValueSize * Positions) * sizeof(float);

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var given = new Arguments(arguments);
        for (var i = from; i < to; i++) Attend(given, i / _shape.KeyHeads, (int)(i % _shape.KeyHeads), scratch);
    }

    private void Attend(Arguments given, long number, int keyHead, byte* scratch)
    {
        ref readonly var item = ref given.Items[number];
        if (item.Tokens <= 0) return;
        var tokens = given.Tokens + item.First;
        var queries = (float*)scratch + _denseQueries; // (queries, size)
        var states = (AttentionState*)((float*)scratch + _states); // (2, queries): of the span, and of those before
        var gathered = (float*)scratch + _gathered; // (2, queries, value size)
        for (var i = 0; i < item.Tokens * _group; i++)
        {
            var query = given.Queries + tokens[i / _group] * _shape.QueryStride + (long)HeadOf(keyHead, i) * _shape.Size;
            new ReadOnlySpan<float>(query, _shape.Size).CopyTo(new Span<float>(queries + (long)i * _shape.Size, _shape.Size));
        }

        new Span<AttentionState>(states, 2 * _queries).Fill(AttentionState.Empty);
        new Span<float>(gathered, 2 * _queries * _shape.ValueSize).Clear();
        for (var span = 0; span < item.Spans + item.GoesOn; span++)
        {
            var isBefore = span < item.Spans;
            for (var i = 0; i < item.Tokens * _group; i++)
            {
                var kept = Kept(given, tokens, i, span, keyHead);
                Merge(states, gathered, isBefore ? _queries + i : i, AttentionState.Read(kept), kept + AttentionState.Floats);
            }
        }

        var position = item.Last >= 0 ? item.Last : given.Positions[tokens[0]]; // the others' follow
        var past = item.Last >= 0 ? item.Last + 1 : position + item.Tokens;
        var start = Math.Max(First(position) / Positions * Positions, item.Begin);
        while (true)
        {
            AttendPart(given, item, position, start, keyHead, scratch);
            start += Positions;
            if (start < past && start % PagedAttention.Span != 0) continue;
            if (item.Last >= 0) break;
            EndSpan(states, gathered, item.Tokens * _group);
            if (start >= past) break;
        }

        for (var i = 0; i < item.Tokens * _group; i++)
        {
            if (item.Last >= 0)
            {
                var kept = Kept(given, tokens, i, item.Span, keyHead);
                states[i].Write(kept);
                new ReadOnlySpan<float>(gathered + (long)i * _shape.ValueSize, _shape.ValueSize)
                    .CopyTo(new Span<float>(kept + AttentionState.Floats, _shape.ValueSize));
                continue;
            }

            ref var total = ref states[_queries + i];
            var head = HeadOf(keyHead, i);
            var factor = _shape.HasSinks ? total.TakeSink(given.Sinks[head]) : 1;
            var result = given.Output + ((long)tokens[i / _group] * _shape.Heads + head) * _shape.ValueSize;
            var sums = gathered + (long)(_queries + i) * _shape.ValueSize;
            for (var v = 0; v < _shape.ValueSize; v++) result[v] = sums[v] * factor / total.Total;
        }
    }

    // Sixteen positions from a start: each token over those that it sees.
    private void AttendPart(Arguments given, in AttentionItem item, int position, int start, int keyHead, byte* scratch)
    {
        var scores = (float*)scratch; // (queries, 16)
        var queries = scores + _denseQueries; // (queries, size)
        var states = (AttentionState*)(scores + _states);
        var gathered = scores + _gathered;
        var (size, valueSize, isPart) = (_shape.Size, _shape.ValueSize, item.Last >= 0);
        // The tokens that see any of these positions.
        var firstToken = isPart ? 0 : Math.Max(0, start - position);
        var pastToken = isPart ? item.Tokens : firstToken;
        while (pastToken < item.Tokens && First(position + pastToken) < start + Positions) pastToken++;
        var (firstQuery, count) = (firstToken * _group, (pastToken - firstToken) * _group);
        var table = given.Table + given.Sequences[given.Tokens[item.First]] * given.Blocks;
        var row = (long)table[start / _shape.BlockSize] * _shape.BlockSize + start % _shape.BlockSize;
        var keys = KeysOf(given, row, keyHead, scratch);
        var products = new MatMulRows(
            (byte*)(queries + (long)firstQuery * size), size * sizeof(float), (byte*)(scores + (long)firstQuery * Positions),
            Positions * sizeof(float), count);
        PanelProduct.Run(products, 0, keys, size, Positions);
        var values = ValuesOf(given, row, keyHead, scratch, out var valueStride);
        for (var i = firstQuery; i < firstQuery + count; i++)
        {
            var at = position + i / _group;
            var (low, past) = isPart
                ? (0, Positions)
                : (Math.Max(0, First(at) - start), Math.Min(Positions, at + 1 - start));
            states[i].Take(
                scores + (long)i * Positions, low, past, _shape.Scale, _shape.SoftCap, gathered + (long)i * valueSize, values,
                valueStride, valueSize);
        }
    }

    // The states of a span join those before, and become empty.
    private void EndSpan(AttentionState* states, float* gathered, int queries)
    {
        for (var i = 0; i < queries; i++)
        {
            Merge(states, gathered, _queries + i, states[i], gathered + (long)i * _shape.ValueSize);
            states[i] = AttentionState.Empty;
        }

        new Span<float>(gathered, queries * _shape.ValueSize).Clear();
    }

    private void Merge(AttentionState* states, float* gathered, int query, AttentionState state, float* values)
    {
        var sums = gathered + (long)query * _shape.ValueSize;
        var (own, others) = states[query].Take(state);
        for (var v = 0; v < _shape.ValueSize; v++) sums[v] = MathF.FusedMultiplyAdd(values[v], others, sums[v] * own);
    }

    // Where another item keeps, or has kept, the state of a query's span.
    private float* Kept(Arguments given, int* tokens, int query, int span, int keyHead) => given.States
        + (((long)given.FirstStates[tokens[query / _group]] + span) * _shape.Heads + HeadOf(keyHead, query)) * _shape.StateFloats;

    private int HeadOf(int keyHead, int query) => keyHead * _group + query % _group;

    // The first position that a token at a position sees.
    private int First(int position) => _shape.Window == 0 ? 0 : Math.Max(0, position - _shape.Window + 1);

    // (size, 16) of the part that begins at a row of the cache.
    private float* KeysOf(Arguments given, long row, int keyHead, byte* scratch)
    {
        var bytes = CacheStore.PartBytes(_shape.KeyType, _shape.Size);
        var part = given.Keys + (row / Positions * _shape.KeyHeads + keyHead) * bytes;
        if (_shape.KeyType == DType.F32) return (float*)part;
        var keys = (float*)scratch + _keys;
        if (_shape.KeyType == DType.Q8_0)
        {
            for (var i = 0; i < _shape.Size * Positions; i++)
            {
                var block = part + i / (CacheStore.BlockElements * Positions) * CacheStore.BlockBytes;
                var code = ((sbyte*)block)[CacheStore.ScaleBytes + i % (CacheStore.BlockElements * Positions)];
                keys[i] = code * (float)((Half*)block)[i % Positions];
            }

            return keys;
        }

        if (CacheStore.IsInPairs(_shape.KeyType, _shape.Size, isTransposed: true))
        {
            for (var i = 0; i < _shape.Size / 2; i++)
            {
                Unpair((uint*)part + i * Positions, keys + 2 * i * Positions, keys + (2 * i + 1) * Positions, Positions);
            }

            return keys;
        }

        NumberFormats.Dequantize(
            _shape.KeyType, new ReadOnlySpan<byte>(part, bytes), new Span<float>(keys, _shape.Size * Positions));
        return keys;
    }

    // (16, value size) of the same part, a stride from row to row.
    private float* ValuesOf(Arguments given, long row, int keyHead, byte* scratch, out long stride)
    {
        var (size, type) = (_shape.ValueSize, _shape.ValueType);
        var part = given.Values + row / Positions * _shape.KeyHeads * CacheStore.PartBytes(type, size);
        stride = (long)_shape.KeyHeads * size;
        if (type == DType.F32) return (float*)part + (long)keyHead * size;
        var values = (float*)scratch + _values;
        if (type == DType.Q8_0)
        {
            var head = part + (long)keyHead * CacheStore.PartBytes(type, size);
            for (var j = 0; j < Positions; j++)
            {
                for (var v = 0; v < size; v++)
                {
                    var block = head + v / CacheStore.BlockElements * CacheStore.BlockBytes;
                    var code = CacheStore.ScaleBytes + j * CacheStore.BlockElements + v % CacheStore.BlockElements;
                    values[j * size + v] = ((sbyte*)block)[code] * (float)((Half*)block)[j];
                }
            }

            stride = size;
            return values;
        }

        if (CacheStore.IsInPairs(type, size, isTransposed: false))
        {
            var head = (uint*)part + (long)keyHead * size * Positions / 2;
            for (var j = 0; j < Positions; j += 2) Unpair(head + j / 2 * size, values + j * size, values + (j + 1) * size, size);
            stride = size;
            return values;
        }

        for (var j = 0; j < Positions; j++)
        {
            var first = part + (j * stride + (long)keyHead * size) * type.BlockBytes;
            NumberFormats.Dequantize(
                type, new ReadOnlySpan<byte>(first, size * type.BlockBytes), new Span<float>(values + (long)j * size, size));
        }

        stride = size;
        return values;
    }

    // Pairs of BF16 to F32, whose upper halves they are.
    private static void Unpair(uint* pairs, float* evens, float* odds, int count)
    {
        for (var i = 0; i < count; i++)
        {
            evens[i] = BitConverter.UInt32BitsToSingle(pairs[i] << 16);
            odds[i] = BitConverter.UInt32BitsToSingle(pairs[i] & 0xFFFF0000);
        }
    }

    private static long Padded(long floats) => (floats + 15) / 16 * 16;

    // The arguments by their names.
    private readonly struct Arguments(long* arguments)
    {
        public float* Queries => (float*)arguments[0];

        public byte* Keys => (byte*)arguments[1];

        public byte* Values => (byte*)arguments[2];

        public int* Positions => (int*)arguments[3];

        public int* Sequences => (int*)arguments[4];

        public int* Table => (int*)arguments[5];

        public long Blocks => arguments[6];

        public float* Sinks => (float*)arguments[7];

        public float* Output => (float*)arguments[8];

        public AttentionItem* Items => (AttentionItem*)arguments[9];

        public int* Tokens => (int*)arguments[10];

        public int* FirstStates => (int*)arguments[11];

        public float* States => (float*)arguments[12];
    }
}
