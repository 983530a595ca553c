using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Attention, sixteen positions at a time: (1) the scores of all queries of an item with a part of the keys, as one product; (2)
/// for each query the largest score so far, and the exponentials; (3) what was gathered before is scaled down and the part's
/// values are added. Parts begin at multiples of sixteen, whatever the tokens, and a query goes over those that it sees: its bits
/// depend on nothing else.
/// </summary>
internal sealed unsafe class PagedAttentionKernel : PortableKernel
{
    private const int Positions = 16; // in a part
    private readonly PagedAttentionShape _shape;
    private readonly int _group; // heads that share a key head
    private readonly int _queries; // the most of an item
    private readonly int _elementBytes; // of the cache
    private readonly long _denseQueries, _states, _gathered, _keys, _values; // where they begin in the scratch memory, in floats

    public PagedAttentionKernel(PagedAttention attention)
    {
        _shape = attention.Shape;
        if (_shape.CacheType is not (DType.F32 or DType.F16 or DType.BF16))
        {
            throw new NotSupportedException($"a cache cannot be {_shape.CacheType}; it is F32, F16 or BF16");
        }

        if (_shape.Heads % _shape.KeyHeads != 0 || _shape.BlockSize % Positions != 0)
        {
            throw new NotSupportedException($"'{attention}' splits heads or blocks unevenly");
        }

        (_group, _elementBytes) = (_shape.Heads / _shape.KeyHeads, _shape.CacheType.BlockBytes);
        _queries = PagedAttention.TokensPerItem * _group;
        _denseQueries = (long)_queries * Positions; // scores come first
        _states = _denseQueries + Padded((long)_queries * _shape.Size);
        _gathered = _states + Padded(2L * _queries);
        _keys = _gathered + Padded((long)_queries * _shape.ValueSize);
        _values = _keys + (long)_shape.Size * Positions;
    }

    public override long ScratchBytes => (_values + (long)_shape.ValueSize * Positions) * sizeof(float);

    public override void Run(long* arguments, long from, long to, byte* scratch)
    {
        var given = new Arguments(arguments);
        for (var i = from; i < to; i++) Attend(given, i / _shape.KeyHeads, (int)(i % _shape.KeyHeads), scratch);
    }

    private void Attend(Arguments given, long item, int keyHead, byte* scratch)
    {
        var (token, tokens) = (given.Items[2 * item], given.Items[2 * item + 1]);
        if (tokens <= 0) return;
        var scores = (float*)scratch; // (queries, 16)
        var queries = scores + _denseQueries; // (queries, size)
        var states = (AttentionState*)(scores + _states); // (queries)
        var gathered = scores + _gathered; // (queries, value size)
        var (size, valueSize) = (_shape.Size, _shape.ValueSize);
        for (var i = 0; i < tokens * _group; i++)
        {
            var (row, head) = (token + i / _group, keyHead * _group + i % _group);
            var query = given.Queries + row * _shape.QueryStride + (long)head * size;
            new ReadOnlySpan<float>(query, size).CopyTo(new Span<float>(queries + (long)i * size, size));
            states[i] = AttentionState.Empty;
        }

        new Span<float>(gathered, tokens * _group * valueSize).Clear();
        var position = given.Positions[token]; // the first token's; the others' follow
        var table = given.Table + given.Sequences[token] * given.Blocks;
        for (var start = First(position) / Positions * Positions; start < position + tokens; start += Positions)
        {
            // The tokens that see any of these positions.
            var firstToken = Math.Max(0, start - position);
            var pastToken = firstToken;
            while (pastToken < tokens && First(position + pastToken) < start + Positions) pastToken++;
            var (firstQuery, count) = (firstToken * _group, (pastToken - firstToken) * _group);
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
                var (low, past) = (Math.Max(0, First(at) - start), Math.Min(Positions, at + 1 - start));
                states[i].Take(
                    scores + (long)i * Positions, low, past, _shape.Scale, _shape.SoftCap, gathered + (long)i * valueSize, values,
                    valueStride, valueSize);
            }
        }

        for (var i = 0; i < tokens * _group; i++)
        {
            var (row, head) = (token + i / _group, keyHead * _group + i % _group);
            var factor = _shape.HasSinks ? states[i].TakeSink(given.Sinks[head]) : 1;
            var result = given.Output + ((long)row * _shape.Heads + head) * valueSize;
            for (var v = 0; v < valueSize; v++) result[v] = gathered[(long)i * valueSize + v] * factor / states[i].Total;
        }
    }

    // The first position that a token at a position sees.
    private int First(int position) => _shape.Window == 0 ? 0 : Math.Max(0, position - _shape.Window + 1);

    // (size, 16) of the part that begins at a row of the cache.
    private float* KeysOf(Arguments given, long row, int keyHead, byte* scratch)
    {
        var elements = _shape.Size * Positions;
        var part = given.Keys + (row / Positions * _shape.KeyHeads + keyHead) * elements * _elementBytes;
        if (_shape.CacheType == DType.F32) return (float*)part;
        var keys = (float*)scratch + _keys;
        NumberFormats.Dequantize(
            _shape.CacheType, new ReadOnlySpan<byte>(part, elements * _elementBytes), new Span<float>(keys, elements));
        return keys;
    }

    // (16, value size) of the same part, a stride from row to row.
    private float* ValuesOf(Arguments given, long row, int keyHead, byte* scratch, out long stride)
    {
        stride = (long)_shape.KeyHeads * _shape.ValueSize;
        var first = given.Values + (row * stride + (long)keyHead * _shape.ValueSize) * _elementBytes;
        if (_shape.CacheType == DType.F32) return (float*)first;
        var values = (float*)scratch + _values;
        for (var j = 0; j < Positions; j++)
        {
            NumberFormats.Dequantize(
                _shape.CacheType, new ReadOnlySpan<byte>(first + j * stride * _elementBytes, _shape.ValueSize * _elementBytes),
                new Span<float>(values + (long)j * _shape.ValueSize, _shape.ValueSize));
        }

        stride = _shape.ValueSize;
        return values;
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

        public int* Items => (int*)arguments[9];
    }
}
