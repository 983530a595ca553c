using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>
/// A ragged batch over a cache whose blocks are shuffled. Rows of the cache that no token sees are poisoned with NaN.
/// </summary>
internal sealed unsafe class AttentionBatch : IDisposable
{
    private readonly PagedAttentionShape _shape;
    private readonly float[][][] _keys, _values; // (sequences, positions, key heads * size), rounded to the cache's type
    private readonly GuardedBlock _queries, _cachedKeys, _cachedValues, _positions, _sequences, _table;
    private readonly GuardedBlock? _sinks;
    private readonly CacheImage _keyImage, _valueImage;
    private readonly int _blocks;
    private bool _roundsQueries, _roundsWeights;
    private double[] _tolerances = [];

    /// <param name="random">Where numbers come from.</param>
    /// <param name="shape">What is computed.</param>
    /// <param name="runs">Of each sequence, its first new position and how many tokens it has there.</param>
    /// <param name="shared">
    /// Of each sequence, one before it, or itself, and how many blocks it begins with that are the other's; null for none.
    /// </param>
    public AttentionBatch(
        Random random, PagedAttentionShape shape, (int Position, int Count)[] runs, (int Other, int Blocks)[]? shared = null)
    {
        _shape = shape;
        Runs = runs;
        Tokens = runs.Sum(run => run.Count);
        var blockSize = shape.BlockSize;
        _blocks = runs.Max(run => (run.Position + run.Count + blockSize - 1) / blockSize) + 1;
        var places = Enumerable.Range(0, runs.Length * _blocks + 2).ToArray();
        random.Shuffle(places);
        var rows = places.Length * blockSize;
        _keyImage = new CacheImage(shape.KeyType, true, shape.KeyHeads, shape.Size);
        _valueImage = new CacheImage(shape.ValueType, false, shape.KeyHeads, shape.ValueSize);
        _cachedKeys = new GuardedBlock((long)rows * _keyImage.RowBytes);
        _cachedValues = new GuardedBlock((long)rows * _valueImage.RowBytes);
        var table = new int[runs.Length * _blocks];
        (_keys, _values) = (new float[runs.Length][][], new float[runs.Length][][]);
        for (var sequence = 0; sequence < runs.Length; sequence++)
        {
            var end = runs[sequence].Position + runs[sequence].Count;
            var used = (end + blockSize - 1) / blockSize;
            var (other, common) = shared is null ? (sequence, 0) : shared[sequence];
            for (var block = 0; block < _blocks; block++)
            {
                table[sequence * _blocks + block] = block < common ? table[other * _blocks + block]
                    : block < used ? places[sequence * _blocks + block]
                    : int.MinValue;
            }

            (_keys[sequence], _values[sequence]) = (new float[end][], new float[end][]);
            var first = shape.Window == 0 || shared is not null ? 0 : Math.Max(0, runs[sequence].Position - shape.Window + 1);
            for (var position = first; position < end; position++)
            {
                if (position < common * blockSize)
                {
                    _keys[sequence][position] = _keys[other][position];
                    _values[sequence][position] = _values[other][position];
                    continue;
                }

                var row = table[sequence * _blocks + position / blockSize] * blockSize + position % blockSize;
                _keys[sequence][position] = _keyImage.Put(_cachedKeys.Bytes, row, Numbers(random, shape.KeyHeads * shape.Size));
                _values[sequence][position] = _valueImage.Put(
                    _cachedValues.Bytes, row, Numbers(random, shape.KeyHeads * shape.ValueSize));
            }
        }

        _queries = new GuardedBlock(Tokens * shape.QueryStride * sizeof(float));
        for (var token = 0; token < Tokens; token++)
        {
            for (var i = 0; i < shape.Heads * shape.Size; i++) _queries.Floats[token * shape.QueryStride + i] = Number(random);
        }

        _positions = GuardedBlock.Of<int>(runs.SelectMany(run => Enumerable.Range(run.Position, run.Count)).ToArray());
        _sequences = GuardedBlock.Of<int>(runs.SelectMany((run, i) => Enumerable.Repeat(i, run.Count)).ToArray());
        _table = GuardedBlock.Of<int>(table);
        if (shape.HasSinks)
        {
            _sinks = GuardedBlock.Of<float>(Enumerable.Range(0, shape.Heads).Select(_ => 3 * Number(random)).ToArray());
        }
    }

    public (int Position, int Count)[] Runs { get; }

    public int Tokens { get; }

    /// <summary>Items of at most so many tokens.</summary>
    public AttentionItem[] Items(int most)
    {
        var items = new List<AttentionItem>();
        var token = 0;
        foreach (var (_, count) in Runs)
        {
            for (var i = 0; i < count; i += most) items.Add(Item(token + i, Math.Min(most, count - i)));
            token += count;
        }

        return [.. items];
    }

    public static AttentionItem Item(int first, int tokens) => new() { First = first, Tokens = tokens, Last = -1 };

    /// <summary>The result (tokens, heads, value size), where some of it is not computed not-a-number.</summary>
    public float[] Run(Kernel kernel, AttentionItem[] items, string what, int from = 0, int to = int.MaxValue)
    {
        using var output = new GuardedBlock((long)Tokens * _shape.Heads * _shape.ValueSize * sizeof(float));
        int[] tokens = [.. Enumerable.Range(0, Tokens)];
        Run(kernel, items, tokens, [], null, output, from, to);
        output.Check(what);
        return [.. new ReadOnlySpan<float>(output.Floats, Tokens * _shape.Heads * _shape.ValueSize)];
    }

    /// <summary>The result by parts and items as a number of threads would take them; and the items.</summary>
    public float[] Run(Kernel kernel, int threads, string what, AttentionItems items)
    {
        items.Prepare(
            new CachedBatch(Span(_positions, Tokens), Span(_sequences, Tokens), Span(_table, Runs.Length * _blocks), _blocks),
            threads, new ItemShape(_shape.Heads / _shape.KeyHeads, _shape.KeyHeads, _shape.BlockSize, _shape.Window));
        using var output = new GuardedBlock((long)Tokens * _shape.Heads * _shape.ValueSize * sizeof(float));
        using var states = new GuardedBlock(items.States * _shape.Heads * _shape.StateFloats * sizeof(float));
        Run(kernel, items.Parts, items.Tokens, items.FirstStates, states, output);
        Run(kernel, items.Items, items.Tokens, items.FirstStates, states, output);
        output.Check(what);
        states.Check(what);
        return [.. new ReadOnlySpan<float>(output.Floats, Tokens * _shape.Heads * _shape.ValueSize)];
    }

    private void Run(
        Kernel kernel, ReadOnlySpan<AttentionItem> items, ReadOnlySpan<int> tokens, ReadOnlySpan<int> firstStates,
        GuardedBlock? states, GuardedBlock output, int from = 0, int to = int.MaxValue)
    {
        using var list = GuardedBlock.Of(items);
        using var numbers = GuardedBlock.Of(tokens);
        using var first = GuardedBlock.Of(firstStates);
        kernel.Invoke(
            [(long)_queries.Pointer, (long)_cachedKeys.Pointer, (long)_cachedValues.Pointer, (long)_positions.Pointer,
                (long)_sequences.Pointer, (long)_table.Pointer, _blocks, _sinks is null ? 0 : (long)_sinks.Pointer,
                (long)output.Pointer, (long)list.Pointer, (long)numbers.Pointer, (long)first.Pointer,
                states is null ? 0 : (long)states.Pointer],
            from, Math.Min(to, items.Length * _shape.KeyHeads));
    }

    private static ReadOnlySpan<int> Span(GuardedBlock block, int count) => new(block.Pointer, count);

    /// <summary>Makes keys and values of a position NaN.</summary>
    public void Poison(int sequence, int position)
    {
        var block = _table.Integers[sequence * _blocks + position / _shape.BlockSize];
        var row = block * _shape.BlockSize + position % _shape.BlockSize;
        _keyImage.Put(_cachedKeys.Bytes, row, Nothing(_shape.Size));
        _valueImage.Put(_cachedValues.Bytes, row, Nothing(_shape.ValueSize));

        float[] Nothing(int size) => [.. Enumerable.Repeat(float.NaN, _shape.KeyHeads * size)];
    }

    /// <summary>
    /// The same in double arithmetic, and how far from it a result may be. Dot products of BF16 have rounded queries, which are
    /// rounded here too, and rounded weights, of which each moves the result by at most its share of 2^-8 towards its value.
    /// </summary>
    public (double[] Results, double[] Tolerances) Expected(InstructionSet set)
    {
        var hasDots = set >= InstructionSet.Avx512Bf16;
        _roundsQueries = hasDots && _shape is { KeyType: DType.BF16, Size: var size } && size % 2 == 0;
        _roundsWeights = hasDots && _shape.ValueType == DType.BF16 && _shape.Scale != 0;
        _tolerances = new double[Tokens * _shape.Heads * _shape.ValueSize];
        return (Expected(), _tolerances);
    }

    private double[] Expected()
    {
        var expected = new double[Tokens * _shape.Heads * _shape.ValueSize];
        var token = 0;
        for (var sequence = 0; sequence < Runs.Length; sequence++)
        {
            for (var i = 0; i < Runs[sequence].Count; i++, token++)
            {
                for (var head = 0; head < _shape.Heads; head++)
                {
                    var place = (token * _shape.Heads + head) * _shape.ValueSize;
                    Attend(sequence, Runs[sequence].Position + i, token, head, expected.AsSpan(place, _shape.ValueSize),
                        _tolerances.AsSpan(place, _shape.ValueSize));
                }
            }
        }

        return expected;
    }

    public void Dispose()
    {
        foreach (var block in (GuardedBlock?[])[_queries, _cachedKeys, _cachedValues, _positions, _sequences, _table, _sinks])
        {
            block?.Dispose();
        }
    }

    private void Attend(
        int sequence, int position, int token, int head, Span<double> result, Span<double> tolerances)
    {
        var query = Query(token, head);
        var keyHead = head / (_shape.Heads / _shape.KeyHeads);
        var first = _shape.Window == 0 ? 0 : Math.Max(0, position - _shape.Window + 1);
        var weights = new double[position - first + 1];
        for (var j = first; j <= position; j++)
        {
            var sum = 0.0;
            for (var d = 0; d < _shape.Size; d++)
            {
                sum += query[d] * _keys[sequence][j][keyHead * _shape.Size + d];
            }

            weights[j - first] = _shape.SoftCap > 0 ? _shape.SoftCap * Math.Tanh(sum / _shape.SoftCap) : sum;
        }

        var largest = Math.Max(weights.Max(), _sinks is null ? double.NegativeInfinity : _sinks.Floats[head]);
        var total = _sinks is null ? 0 : Math.Exp(_sinks.Floats[head] - largest);
        foreach (ref var weight in weights.AsSpan()) total += weight = Math.Exp(weight - largest);
        for (var j = first; j <= position; j++)
        {
            for (var v = 0; v < _shape.ValueSize; v++)
            {
                result[v] += weights[j - first] / total * _values[sequence][j][keyHead * _shape.ValueSize + v];
            }
        }

        tolerances.Fill(1e-5);
        for (var j = first; _roundsWeights && j <= position; j++)
        {
            for (var v = 0; v < _shape.ValueSize; v++)
            {
                var distance = Math.Abs(_values[sequence][j][keyHead * _shape.ValueSize + v] - result[v]);
                tolerances[v] += 1.01 / 256 * weights[j - first] / total * distance;
            }
        }
    }

    // A query times the factor of scores; rounded as kernels round it, which take powers of 2.
    private double[] Query(int token, int head)
    {
        var place = token * _shape.QueryStride + head * _shape.Size;
        var numbers = new ReadOnlySpan<float>(_queries.Floats + place, _shape.Size).ToArray();
        if (!_roundsQueries) return [.. numbers.Select(number => number * (double)_shape.Scale)];
        var unit = _shape.SoftCap > 0 ? _shape.SoftCap : Math.Log(2);
        var factor = (float)(_shape.Scale / unit);
        foreach (ref var number in numbers.AsSpan()) number *= factor;
        var bytes = new byte[numbers.Length * 2];
        NumberFormats.Quantize(DType.BF16, numbers, bytes);
        NumberFormats.Dequantize(DType.BF16, bytes, numbers);
        return [.. numbers.Select(number => number * unit)];
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => Number(random))];

    private static float Number(Random random) => (float)(random.NextDouble() * 4 - 2);
}
