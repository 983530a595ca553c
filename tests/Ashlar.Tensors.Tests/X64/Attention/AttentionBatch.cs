using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Formats;

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
    private readonly int _blocks;

    /// <param name="random">Where numbers come from.</param>
    /// <param name="shape">What is computed.</param>
    /// <param name="runs">Of each sequence, its first new position and how many tokens it has there.</param>
    public AttentionBatch(Random random, PagedAttentionShape shape, (int Position, int Count)[] runs)
    {
        _shape = shape;
        Runs = runs;
        Tokens = runs.Sum(run => run.Count);
        var blockSize = shape.BlockSize;
        _blocks = runs.Max(run => (run.Position + run.Count + blockSize - 1) / blockSize) + 1;
        var places = Enumerable.Range(0, runs.Length * _blocks + 2).ToArray();
        random.Shuffle(places);
        var rows = places.Length * blockSize;
        var number = shape.CacheType == DType.F32 ? 4 : 2;
        _cachedKeys = new GuardedBlock((long)rows * shape.KeyHeads * shape.Size * number);
        _cachedValues = new GuardedBlock((long)rows * shape.KeyHeads * shape.ValueSize * number);
        var table = new int[runs.Length * _blocks];
        (_keys, _values) = (new float[runs.Length][][], new float[runs.Length][][]);
        for (var sequence = 0; sequence < runs.Length; sequence++)
        {
            var end = runs[sequence].Position + runs[sequence].Count;
            var used = (end + blockSize - 1) / blockSize;
            for (var block = 0; block < _blocks; block++)
            {
                table[sequence * _blocks + block] = block < used ? places[sequence * _blocks + block] : int.MinValue;
            }

            (_keys[sequence], _values[sequence]) = (new float[end][], new float[end][]);
            var first = shape.Window == 0 ? 0 : Math.Max(0, runs[sequence].Position - shape.Window + 1);
            for (var position = first; position < end; position++)
            {
                var row = table[sequence * _blocks + position / blockSize] * blockSize + position % blockSize;
                _keys[sequence][position] = Put(random, _cachedKeys, shape.KeyHeads * shape.Size,
                    i => (long)(row / 16) * 16 * shape.KeyHeads * shape.Size + i * 16 + row % 16);
                _values[sequence][position] = Put(random, _cachedValues, shape.KeyHeads * shape.ValueSize,
                    i => (long)row * shape.KeyHeads * shape.ValueSize + i);
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
    public int[] Items(int most)
    {
        var items = new List<int>();
        var token = 0;
        foreach (var (_, count) in Runs)
        {
            for (var i = 0; i < count; i += most) items.AddRange([token + i, Math.Min(most, count - i)]);
            token += count;
        }

        return [.. items];
    }

    /// <summary>The result (tokens, heads, value size), where some of it is not computed not-a-number.</summary>
    public float[] Run(Ashlar.Tensors.Runtime.Kernel kernel, int[] items, string what, int from = 0, int to = int.MaxValue)
    {
        using var output = new GuardedBlock((long)Tokens * _shape.Heads * _shape.ValueSize * sizeof(float));
        using var list = GuardedBlock.Of<int>(items);
        kernel.Invoke(
            [(long)_queries.Pointer, (long)_cachedKeys.Pointer, (long)_cachedValues.Pointer, (long)_positions.Pointer,
                (long)_sequences.Pointer, (long)_table.Pointer, _blocks, _sinks is null ? 0 : (long)_sinks.Pointer,
                (long)output.Pointer, (long)list.Pointer],
            from, Math.Min(to, items.Length / 2 * _shape.KeyHeads));
        output.Check(what);
        return [.. new ReadOnlySpan<float>(output.Floats, Tokens * _shape.Heads * _shape.ValueSize)];
    }

    /// <summary>Makes keys and values of a position NaN, in a cache of F32.</summary>
    public void Poison(int sequence, int position)
    {
        var (size, valueSize) = (_shape.KeyHeads * _shape.Size, _shape.KeyHeads * _shape.ValueSize);
        var block = _table.Integers[sequence * _blocks + position / _shape.BlockSize];
        var row = block * _shape.BlockSize + position % _shape.BlockSize;
        for (var i = 0; i < size; i++) _cachedKeys.Floats[row / 16 * 16 * size + i * 16 + row % 16] = float.NaN;
        for (var i = 0; i < valueSize; i++) _cachedValues.Floats[row * valueSize + i] = float.NaN;
    }

    /// <summary>The same in double arithmetic.</summary>
    public double[] Expected()
    {
        var expected = new double[Tokens * _shape.Heads * _shape.ValueSize];
        var token = 0;
        for (var sequence = 0; sequence < Runs.Length; sequence++)
        {
            for (var i = 0; i < Runs[sequence].Count; i++, token++)
            {
                for (var head = 0; head < _shape.Heads; head++)
                {
                    Attend(sequence, Runs[sequence].Position + i, token, head,
                        expected.AsSpan((token * _shape.Heads + head) * _shape.ValueSize, _shape.ValueSize));
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

    private void Attend(int sequence, int position, int token, int head, Span<double> result)
    {
        var keyHead = head / (_shape.Heads / _shape.KeyHeads);
        var first = _shape.Window == 0 ? 0 : Math.Max(0, position - _shape.Window + 1);
        var weights = new double[position - first + 1];
        for (var j = first; j <= position; j++)
        {
            var sum = 0.0;
            for (var d = 0; d < _shape.Size; d++)
            {
                sum += (double)_queries.Floats[token * _shape.QueryStride + head * _shape.Size + d]
                    * _keys[sequence][j][keyHead * _shape.Size + d];
            }

            sum *= _shape.Scale;
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
    }

    private float[] Put(Random random, GuardedBlock cache, int elements, Func<int, long> place)
    {
        var numbers = Enumerable.Range(0, elements).Select(_ => Number(random)).ToArray();
        var bytes = new byte[_shape.CacheType.ByteLength(elements)];
        NumberFormats.Quantize(_shape.CacheType, numbers, bytes);
        NumberFormats.Dequantize(_shape.CacheType, bytes, numbers);
        var size = bytes.Length / elements;
        for (var i = 0; i < elements; i++)
        {
            bytes.AsSpan(i * size, size).CopyTo(new Span<byte>(cache.Pointer + place(i) * size, size));
        }

        return numbers;
    }

    private static float Number(Random random) => (float)(random.NextDouble() * 4 - 2);
}
