using System.Diagnostics;
using Ashlar.Bench.Measuring;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Attention;

/// <summary>A step of some streams, reduced to its attention: of each stream its last tokens, over its own context.</summary>
internal sealed class AttentionCase : IDisposable
{
    private const int BlockSize = 16;
    private readonly Executable _executable;
    private readonly AttentionShape _shape;
    private readonly int _streams, _tokens;

    /// <summary>Makes layers with caches of their own, so that none finds its keys near.</summary>
    /// <param name="shape">What is computed.</param>
    /// <param name="streams">How many streams there are.</param>
    /// <param name="prefix">Positions that all streams begin with.</param>
    /// <param name="own">Positions behind them, the tokens' among them.</param>
    /// <param name="count">How many tokens each stream has: 1 for decode.</param>
    /// <param name="isShared">Whether the prefix lies in the same blocks for all.</param>
    /// <param name="threads">How many threads compute.</param>
    public AttentionCase(AttentionShape shape, int streams, int prefix, int own, int count, bool isShared, int threads)
    {
        (_shape, _streams, _tokens) = (shape, streams, count);
        var (tokens, sequences, blocks, rows) =
            (new Symbol("tokens"), new Symbol("sequences"), new Symbol("blocks"), new Symbol("rows"));
        var queries = Tensor.Input("queries", DType.F32, [tokens, shape.Heads, shape.Size]);
        var keys = Tensor.Input("keys", DType.F32, [tokens, shape.KeyHeads, shape.Size]);
        var (positions, sequence) = (Integers("positions"), Integers("sequences"));
        var (slots, table) = (Integers("slots"), Tensor.Input("table", DType.I32, [sequences, blocks]));
        Tensor[] layers =
        [
            .. Enumerable.Range(0, shape.Layers).Select(layer => queries.Attend(
                Cache($"{layer}.keys", shape.KeyType), Cache($"{layer}.values", shape.ValueType), positions, sequence, table,
                BlockSize, 1 / Math.Sqrt(shape.Size))),
        ];
        _executable = new Executable(new Graph([.. layers.Select(layer => layer.Node)]), threads);

        var (shared, each) = (prefix / BlockSize, (prefix + own + BlockSize - 1) / BlockSize);
        var blockOf = (int stream, int block) => isShared && block < shared ? block : (stream * each) + block;
        int[] entries = [.. from stream in Enumerable.Range(0, streams) from block in Enumerable.Range(0, each)
                            select blockOf(stream, block)];
        var first = prefix + own - count;
        var all = streams * count;
        var cacheRows = (long)streams * each * BlockSize;
        foreach (var layer in Enumerable.Range(0, shape.Layers))
        {
            _executable.Bind($"{layer}.keys", Filled(shape.KeyType, cacheRows));
            _executable.Bind($"{layer}.values", Filled(shape.ValueType, cacheRows));
        }

        var random = new Random(1);
        float[] numbers = [.. Enumerable.Range(0, all * shape.Heads * shape.Size).Select(_ => random.NextSingle() - 0.5f)];
        _executable.Bind("queries", TensorData.From<float>(numbers, all, shape.Heads, shape.Size));
        _executable.Bind("keys", TensorData.From<float>(
            numbers.AsSpan(0, all * shape.KeyHeads * shape.Size), all, shape.KeyHeads, shape.Size));
        _executable.Bind("positions", Of((_, position) => position));
        _executable.Bind("sequences", Of((stream, _) => stream));
        _executable.Bind(
            "slots", Of((stream, position) => blockOf(stream, position / BlockSize) * BlockSize + position % BlockSize));
        _executable.Bind("table", TensorData.From<int>(entries, streams, each));

        Tensor Integers(string name) => Tensor.Input(name, DType.I32, [tokens]);

        Tensor Cache(string name, DType type) => Tensor.State(name, type, [rows, shape.KeyHeads, shape.Size]).Store(keys, slots);

        TensorData Of(Func<int, int, int> value) => TensorData.From<int>(
            Enumerable.Range(0, all).Select(token => value(token / count, first + token % count)).ToArray());
    }

    /// <summary>
    /// Steps as a trial; its unit is 10^9 multiplications and additions, of a stream whose last token sees so many positions.
    /// </summary>
    public Trial Steps(string name, int positions) => new(
        name, "GOPS",
        4.0 * _shape.Layers * _streams * _tokens * _shape.Heads * _shape.Size * (positions - (_tokens - 1) / 2.0), Seconds);

    public void Dispose() => _executable.Dispose();

    private double Seconds(int count)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++) _executable.Run();
        return watch.Elapsed.TotalSeconds;
    }

    private TensorData Filled(DType type, long rows)
    {
        var data = TensorData.Zeros(type, rows, _shape.KeyHeads, _shape.Size);
        unsafe
        {
            // 0x28 and 0x29 are small numbers in every type.
            var random = new Random(2);
            for (long i = 0; i < data.Bytes; i++) data.Pointer[i] = (byte)(0x28 | random.Next(2));
        }

        return data;
    }
}
