using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>
/// A graph of two attentions, at once, over one cache, with random queries, keys and values for each position.
/// </summary>
internal sealed class CachedStep : IDisposable
{
    private const int KeyHeads = 2, Heads = 4, Size = 32, Positions = 1200;

    private readonly Executable _executable;
    private readonly float[] _queries, _keys, _values;
    private readonly int _blockSize;

    public CachedStep(Random random, string set, DType keyType, DType valueType, int blockSize, int blocks, int threads = 2)
    {
        _blockSize = blockSize;
        var (tokens, sequences, columns, rows) =
            (new Symbol("tokens"), new Symbol("sequences"), new Symbol("blocks"), new Symbol("rows"));
        var queries = Tensor.Input("queries", DType.F32, [tokens, Heads, Size]);
        var (positions, slots) = (Tensor.Input("positions", DType.I32, [tokens]), Tensor.Input("slots", DType.I32, [tokens]));
        var (keys, values) = (Cache("keys", keyType), Cache("values", valueType));
        var table = Tensor.Input("table", DType.I32, [sequences, columns]);
        var sequence = Tensor.Input("sequences", DType.I32, [tokens]);
        Tensor[] outputs = [Attend(0.3), Attend(0.1)];
        _executable = new Executable(new Graph([.. outputs.Select(output => output.Node)]), threads, set);
        Keys = TensorData.Zeros(keyType, (long)blocks * blockSize, KeyHeads, Size);
        Values = TensorData.Zeros(valueType, (long)blocks * blockSize, KeyHeads, Size);
        _executable.Bind("keys", Keys);
        _executable.Bind("values", Values);
        (_queries, _keys, _values) = (Numbers(Heads), Numbers(KeyHeads), Numbers(KeyHeads));

        Tensor Attend(double scale) => queries.Attend(keys, values, positions, sequence, table, blockSize, scale);

        Tensor Cache(string name, DType type) => Tensor.State(name, type, [rows, KeyHeads, Size])
            .Store(Tensor.Input($"new {name}", DType.F32, [tokens, KeyHeads, Size]), slots);

        float[] Numbers(int heads) =>
            [.. Enumerable.Range(0, Positions * heads * Size).Select(_ => random.NextSingle() * 4 - 2)];
    }

    public TensorData Keys { get; }

    public TensorData Values { get; }

    public (string Keys, string Values) Layouts => (_executable.LayoutOf("keys"), _executable.LayoutOf("values"));

    /// <summary>Caches positions of sequence 0, whose blocks are given, and gives what they attend to.</summary>
    public float[] Run(int[] positions, int[] table)
    {
        var slots = positions.Select(position => table[position / _blockSize] * _blockSize + position % _blockSize).ToArray();
        Prepare(positions, new int[positions.Length], TensorData.From<int>(table, 1, table.Length), slots)();
        return Outputs;
    }

    /// <summary>Both outputs of the last run.</summary>
    public float[] Outputs => [.. _executable.Output(0).AsSpan<float>(), .. _executable.Output(1).AsSpan<float>()];

    /// <summary>What a position attends to, that is in the cache already.</summary>
    public float[] Query(int position, int[] table) => Run([position], table);

    /// <summary>A run with these inputs; when it is called, it binds and computes.</summary>
    public Action Prepare(int[] positions, int[] sequences, TensorData table, int[] slots)
    {
        var (queries, keys, values) = (Rows(_queries, Heads), Rows(_keys, KeyHeads), Rows(_values, KeyHeads));
        var (place, sequence, slot) =
            (TensorData.From<int>(positions), TensorData.From<int>(sequences), TensorData.From<int>(slots));
        return () =>
        {
            _executable.Bind("queries", queries);
            _executable.Bind("new keys", keys);
            _executable.Bind("new values", values);
            _executable.Bind("positions", place);
            _executable.Bind("sequences", sequence);
            _executable.Bind("slots", slot);
            _executable.Bind("table", table);
            _executable.Run();
        };

        TensorData Rows(float[] of, int heads) => TensorData.From<float>(
            positions.SelectMany(position => of.AsSpan(position * heads * Size, heads * Size).ToArray()).ToArray(),
            positions.Length, heads, Size);
    }

    /// <summary>Fills blocks with bytes that are not numbers.</summary>
    public void Poison(params int[] blocks)
    {
        foreach (var cache in (TensorData[])[Keys, Values])
        {
            var bytes = (int)(cache.Bytes * _blockSize / cache.Sizes[0]);
            foreach (var block in blocks) cache.AsSpan<byte>().Slice(block * bytes, bytes).Fill(0xFF);
        }
    }

    public void Dispose() => _executable.Dispose();
}
