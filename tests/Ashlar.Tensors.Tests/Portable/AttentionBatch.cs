using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Tests.Reference;
using Ashlar.Tensors.Tests.X64;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>A random ragged batch with its cache. What no token sees of the cache is not a number.</summary>
internal sealed class AttentionBatch : IDisposable
{
    private readonly TensorData _queries, _keys, _values, _positions, _sequences, _table, _sinks, _tokens;
    private readonly Dictionary<(int Sequence, int Position), (double[] Keys, double[] Values)> _cached = [];
    private readonly int _blocks;

    public AttentionBatch(Random random)
    {
        Random = random;
        DType[] types = [DType.F32, DType.F16, DType.BF16];
        var (keyHeads, size, valueSize) = (random.Next(1, 4), random.Next(1, 70), random.Next(1, 70));
        var (heads, blockSize) = (keyHeads * random.Next(1, 5), 16 * random.Next(1, 3));
        var stride = heads * size + random.Next(3);
        Shape = new PagedAttentionShape(
            heads, keyHeads, size, valueSize, blockSize, types[random.Next(3)], types[random.Next(3)], 1 / MathF.Sqrt(size),
            random.Next(2) * random.Next(1, 40), random.Next(3) / 2 * 5f, random.Next(2) == 0, stride);

        var (positions, sequences, longest) = (new List<int>(), new List<int>(), 0);
        var count = random.Next(1, 4);
        var lengths = new int[count];
        for (var sequence = 0; sequence < count; sequence++)
        {
            var (first, tokens) = (random.Next(70), random.Next(1, 25));
            positions.AddRange(Enumerable.Range(first, tokens));
            sequences.AddRange(Enumerable.Repeat(sequence, tokens));
            lengths[sequence] = first + tokens;
            longest = Math.Max(longest, first + tokens);
        }

        Tokens = positions.Count;
        _blocks = (longest + blockSize - 1) / blockSize;
        var blocks = Enumerable.Range(0, count * _blocks).ToArray();
        random.Shuffle(blocks);
        _queries = Guarded.Random(random, DType.F32, (Tokens - 1) * stride + heads * size);
        _positions = TensorData.From<int>(positions.ToArray());
        _sequences = TensorData.From<int>(sequences.ToArray());
        _table = TensorData.From<int>(blocks, count, _blocks);
        _tokens = TensorData.From<int>(Enumerable.Range(0, Tokens).ToArray());
        _sinks = Guarded.Random(random, DType.F32, heads);
        var rows = (long)blocks.Length * blockSize;
        _keys = Guarded.Poisoned(Shape.KeyType, rows, keyHeads, size).Data;
        _values = Guarded.Poisoned(Shape.ValueType, rows, keyHeads, valueSize).Data;
        for (var sequence = 0; sequence < count; sequence++)
        {
            for (var position = 0; position < lengths[sequence]; position++) Fill(sequence, position);
        }
    }

    public Random Random { get; }

    public PagedAttentionShape Shape { get; }

    public int Tokens { get; }

    /// <summary>Runs of tokens of one sequence, cut at random, none longer than so many.</summary>
    public TensorData Items(Random random, int most)
    {
        var items = new List<AttentionItem>();
        var sequences = _sequences.AsSpan<int>();
        for (var token = 0; token < Tokens;)
        {
            var (length, limit) = (1, random.Next(1, most + 1));
            while (length < limit && token + length < Tokens && sequences[token + length] == sequences[token]) length++;
            items.Add(new AttentionItem { First = token, Tokens = length, Last = -1 });
            token += length;
        }

        var numbers = MemoryMarshal.Cast<AttentionItem, int>(items.ToArray());
        return TensorData.From<int>(numbers, items.Count, AttentionItem.Numbers);
    }

    public long[] Arguments(long output, TensorData items) =>
    [
        Address(_queries), Address(_keys), Address(_values), Address(_positions), Address(_sequences), Address(_table), _blocks,
        Shape.HasSinks ? Address(_sinks) : 0, output, Address(items), Address(_tokens), 0, 0,
    ];

    public TensorData Run(TensorData items)
    {
        var result = PortableCall.Run(
            Random, new PagedAttention(Shape), items.Sizes[0] * Shape.KeyHeads,
            [(DType.F32, [Tokens, Shape.Heads, Shape.ValueSize])], addresses => Arguments(addresses[0], items))[0];
        GC.KeepAlive(items);
        return result;
    }

    public double[] Expected()
    {
        var expected = new List<double>();
        for (var token = 0; token < Tokens; token++)
        {
            for (var head = 0; head < Shape.Heads; head++) expected.AddRange(Expected(token, head));
        }

        return [.. expected];
    }

    public void Dispose() => GC.KeepAlive((_queries, _keys, _values, _positions, _sequences, _table, _sinks, _tokens));

    private double[] Expected(int token, int head)
    {
        var (position, sequence) = (_positions.AsSpan<int>()[token], _sequences.AsSpan<int>()[token]);
        var keyHead = head / (Shape.Heads / Shape.KeyHeads);
        var first = Shape.Window == 0 ? 0 : Math.Max(0, position - Shape.Window + 1);
        var query = _queries.AsSpan<float>().Slice((int)(token * Shape.QueryStride) + head * Shape.Size, Shape.Size).ToArray();
        var seen = Enumerable.Range(first, position - first + 1).Select(at => _cached[(sequence, at)]).ToArray();
        var scores = seen.Select(row =>
        {
            var score = query.Select((q, d) => q * row.Keys[keyHead * Shape.Size + d]).Sum() * Shape.Scale;
            return Shape.SoftCap > 0 ? Shape.SoftCap * Math.Tanh(score / Shape.SoftCap) : score;
        }).ToArray();
        var total = scores.Sum(Math.Exp) + (Shape.HasSinks ? Math.Exp(_sinks.AsSpan<float>()[head]) : 0);
        return
        [
            .. Enumerable.Range(0, Shape.ValueSize).Select(v =>
                seen.Select((row, j) => Math.Exp(scores[j]) / total * row.Values[keyHead * Shape.ValueSize + v]).Sum()),
        ];
    }

    private void Fill(int sequence, int position)
    {
        var block = _table.AsSpan<int>()[sequence * _blocks + position / Shape.BlockSize];
        var row = block * Shape.BlockSize + position % Shape.BlockSize;
        var (elements, values) = (Shape.KeyHeads * Shape.Size, Shape.KeyHeads * Shape.ValueSize);
        _cached[(sequence, position)] = (
            Put(_keys, new CacheImage(Shape.KeyType, true, Shape.KeyHeads, Shape.Size), row, elements),
            Put(_values, new CacheImage(Shape.ValueType, false, Shape.KeyHeads, Shape.ValueSize), row, values));
    }

    private double[] Put(TensorData cache, CacheImage image, int row, int count)
    {
        float[] numbers = [.. Enumerable.Range(0, count).Select(_ => Random.NextSingle() * 4 - 2)];
        return [.. image.Put(cache.AsSpan<byte>(), row, numbers).Select(number => (double)number)];
    }
}
