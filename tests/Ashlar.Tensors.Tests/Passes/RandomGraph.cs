using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Tests.X64;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>
/// A small graph of random operations with what each result may be off by. Sizes are chosen so that operands broadcast in all
/// ways; operations whose result jumps (floor, comparisons, top-k) are given only operands that are computed exactly.
/// </summary>
internal sealed class RandomGraph
{
    private const double Epsilon = 4e-7;
    private const double LargestBound = 50;
    private const double LargestError = 0.2;
    private const int LargestSize = 17; // of a symbol
    private static readonly int[] Widths = [1, 2, 3, 5, 8, 16, 17, 31, 32, 33, 64, 96, 100];

    private static readonly DType[] Formats =
    [
        DType.F32, DType.F16, DType.BF16, DType.Q4_0, DType.Q4_1, DType.Q5_0, DType.Q5_1, DType.Q8_0, DType.IQ4_NL, DType.MXFP4,
    ];

    private readonly Random _random;
    private readonly List<Item> _pool = [];
    private readonly Symbol[] _symbols = [new("n", Min: 0, Max: 100), new("m", Max: 100)];
    private int _names;

    public RandomGraph(int seed)
    {
        _random = new Random(seed);
        var roots = _random.Next(1, 4);
        while (_pool.Count < roots) Leaf(RandomShape());
        var count = _random.Next(3, 28);
        for (var tries = 0; tries < 400 && count > 0; tries++)
        {
            if (Grow()) count--;
        }

        var outputs = _random.Next(1, 5);
        Outputs = [_pool[^1], .. Enumerable.Range(1, outputs - 1).Select(_ => _pool[_random.Next(_pool.Count)])];
        var graph = new Graph([.. Outputs.Select(item => item.Tensor.Node)]);
        // Behind the outputs, inputs that say how large symbols are which no other says.
        var given = graph.Inputs.SelectMany(input => input.Shape).Select(size => size.AsSymbol).ToHashSet();
        var missing = graph.Nodes.SelectMany(node => node.Shape).SelectMany(size => size.Symbols).Distinct()
            .Where(symbol => !given.Contains(symbol));
        Graph = new Graph(
            [.. graph.Outputs, .. missing.Select(symbol => Tensor.Input($"size {symbol}", DType.F32, [symbol]).Node)]);
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>The outputs, with their tolerances.</summary>
    public Item[] Outputs { get; }

    /// <summary>Values for the symbols, some larger and some smaller than those before.</summary>
    public Dictionary<Symbol, long>[] Sizes() =>
        [.. Enumerable.Range(0, 4).Select(run => _symbols.ToDictionary(
            symbol => symbol, symbol => run == 3 ? symbol.Min : (long)_random.Next(1, LargestSize + 1)))];

    /// <summary>Data for an input.</summary>
    public static TensorData Fill(Node input, IReadOnlyDictionary<Symbol, long> sizes, Random random)
    {
        var data = TensorData.Allocate(input.Type, input.Shape.Evaluate(sizes));
        if (input.Type == DType.F32)
        {
            foreach (ref var value in data.AsSpan<float>()) value = Number(random);
        }
        else
        {
            var limit = int.Parse(Graph.KeyOf(input)!.Split('<')[1], System.Globalization.CultureInfo.InvariantCulture);
            foreach (ref var value in data.AsSpan<int>()) value = random.Next(limit);
        }

        return data;
    }

    // From -1 to 1, and often one of few, so that equal ones meet.
    private static float Number(Random random) =>
        random.Next(4) == 0 ? random.Next(-2, 3) / 2f : random.NextSingle() * 2 - 1;

    private Item Pick() => _pool[_random.Next(_pool.Count)];

    private Item? PickWhere(Func<Item, bool> filter)
    {
        var some = _pool.Where(filter).ToArray();
        return some.Length == 0 ? null : some[_random.Next(some.Length)];
    }

    private static bool IsFloat(Item item) => item.Tensor.Type == DType.F32;

    private bool Add(Tensor tensor, double bound, double error = 0, bool isExact = false)
    {
        if (bound > LargestBound || error > LargestError) return false;
        // Wide and deep results are slow and show no more.
        long elements = 1;
        foreach (var dim in tensor.Shape) elements *= MaxOf(dim);
        if (elements > 150_000 || tensor.Shape.Rank > 5) return false;
        _pool.Add(new Item(tensor, bound, isExact ? 0 : error + Epsilon * bound, isExact));
        return true;
    }

    private long MaxOf(Dim dim) => dim.Evaluate(_symbols.ToDictionary(symbol => symbol, _ => (long)LargestSize));

    private Shape RandomShape()
    {
        var dims = new Dim[_random.Next(0, 4) + (_random.Next(8) == 0 ? 0 : 1)];
        for (var i = 0; i < dims.Length; i++)
        {
            dims[i] = i == dims.Length - 1 && _random.Next(12) != 0
                ? Widths[_random.Next(Widths.Length)]
                : _random.Next(6) switch { 0 => 1, 1 or 2 => _random.Next(2, 5), 3 => _symbols[1], _ => _symbols[0] };
        }

        return [.. dims];
    }

    private Tensor Leaf(Shape shape)
    {
        Tensor tensor;
        if (shape.IsConstant && _random.Next(2) == 0)
        {
            var values = new float[shape.Elements.Value];
            foreach (ref var value in values.AsSpan()) value = Number(_random);
            tensor = shape.Rank == 0
                ? Tensor.Scalar(Number(_random))
                : Tensor.From<float>(values, shape.Evaluate(new Dictionary<Symbol, long>()));
        }
        else
        {
            tensor = Tensor.Input($"x{_names++}", DType.F32, shape);
        }

        Add(tensor, 1, isExact: true);
        return tensor;
    }

    private bool Grow() => _random.Next(29) switch
    {
        0 or 1 or 2 => GrowUnary(Pick()),
        3 or 4 or 5 or 6 or 7 => GrowBinary(Pick()),
        8 or 9 => GrowReduction(Pick()),
        10 or 11 => GrowReshape(Pick()),
        12 or 13 => GrowSlice(Pick()),
        14 => GrowPermutation(Pick()),
        15 => GrowExpansion(Pick()),
        16 => GrowConcat(Pick()),
        17 => GrowNorm(Pick()),
        18 or 19 => GrowProduct(Pick()),
        20 => GrowGather(),
        21 => GrowTopK(),
        22 or 23 => GrowChoice(),
        24 => GrowCast(Pick()),
        26 => GrowScatter(Pick()),
        27 => GrowMask(Pick()),
        28 => GrowRepeatedProduct(Pick()),
        _ => GrowProductOfTwo(Pick()),
    };

    private bool GrowUnary(Item x)
    {
        if (!IsFloat(x)) return x.Tensor.Type is DType.I32 && Add(_random.Next(2) == 0 ? -x.Tensor : x.Tensor.Abs(), x.Bound, 0, true);
        var t = x.Tensor;
        return _random.Next(12) switch
        {
            0 => Add(-t, x.Bound, x.Error, x.IsExact),
            1 => Add(t.Abs(), x.Bound, x.Error, x.IsExact),
            2 => x.IsExact && Add(t.Floor(), x.Bound + 1, 0, true),
            3 => x.Bound < 3 && Add(t.Exp(), Math.Exp(x.Bound), x.Error * Math.Exp(x.Bound)),
            4 => Add((t.Abs() + 0.5).Log(), Math.Log(x.Bound + 0.5) + 0.7, 2 * x.Error),
            5 => Add((t.Abs() + 0.25).Sqrt(), Math.Sqrt(x.Bound + 0.25), x.Error),
            6 => Add((t.Abs() + 0.5).Reciprocal(), 2, 4 * x.Error),
            7 => Add(t.Sin(), 1, x.Error),
            8 => Add(t.Cos(), 1, x.Error),
            9 => Add(t.Erf(), 1, 1.2 * x.Error),
            10 => Add((t.Abs() + 0.5).Pow(Tensor.Scalar(1.5)), Math.Pow(x.Bound + 0.5, 1.5), 2 * x.Error * (1 + x.Bound)),
            _ => Add(t.Tanh(), 1, x.Error),
        };
    }

    // Another tensor that broadcasts with x: one that is there, a number, or a new one with some axes of x.
    private Item Partner(Item x)
    {
        if (_random.Next(3) == 0
            && PickWhere(other => other.Tensor.Type == x.Tensor.Type && Shape.TryBroadcast(other.Tensor.Shape, x.Tensor.Shape) is not null)
                is { } known)
        {
            return known;
        }

        if (!IsFloat(x)) return new Item(Tensor.Scalar(_random.Next(1, 4), x.Tensor.Type), 3, 0, true);
        if (_random.Next(6) == 0) return new Item(Tensor.Scalar(Number(_random)), 1, 0, true);
        var shape = x.Tensor.Shape;
        var from = _random.Next(3) == 0 ? _random.Next(shape.Rank + 1) : 0;
        Leaf([.. shape.Skip(from).Select(dim => _random.Next(3) == 0 || !CanBeGiven([dim]) ? 1 : dim)]);
        return _pool[^1];
    }

    private bool GrowBinary(Item x)
    {
        var y = Partner(x);
        if (y.Tensor.Type != x.Tensor.Type || x.Tensor.Type == DType.Bool) return false;
        if (_random.Next(2) == 0) (x, y) = (y, x);
        var (a, b) = (x.Tensor, y.Tensor);
        var sum = x.Error + y.Error;
        if (!IsFloat(x))
        {
            return _random.Next(3) switch
            {
                0 => Add(a + b, x.Bound + y.Bound, 0, true),
                1 => Add(a * b, x.Bound * y.Bound, 0, true),
                _ => Add(Tensor.Max(a, b), Math.Max(x.Bound, y.Bound), 0, true),
            };
        }

        return _random.Next(7) switch
        {
            0 or 1 => Add(a + b, x.Bound + y.Bound, sum),
            2 => Add(a - b, x.Bound + y.Bound, sum),
            3 => Add(a * b, x.Bound * y.Bound, x.Error * y.Bound + y.Error * x.Bound),
            4 => Add(a / (b.Abs() + 0.5), 2 * x.Bound, 2 * x.Error + 4 * y.Error * x.Bound),
            5 => Add(Tensor.Max(a, b), Math.Max(x.Bound, y.Bound), sum, x.IsExact && y.IsExact),
            _ => Add(Tensor.Min(a, b), Math.Max(x.Bound, y.Bound), sum, x.IsExact && y.IsExact),
        };
    }

    private bool GrowReduction(Item x)
    {
        if (!IsFloat(x) || x.Tensor.Shape.Rank == 0) return false;
        var rank = x.Tensor.Shape.Rank;
        var axis = _random.Next(2) == 0 ? rank - 1 : _random.Next(rank);
        var size = MaxOf(x.Tensor.Shape[axis]);
        var isConstant = x.Tensor.Shape[axis].IsConstant;
        if (_random.Next(4) == 0) axis -= rank;
        return _random.Next(3) switch
        {
            0 => Add(x.Tensor.Maximum(axis), x.Bound, x.Error, x.IsExact),
            1 => Add(x.Tensor.Sum(axis), x.Bound * size, size * x.Error),
            _ => isConstant && Add(x.Tensor.Mean(axis), x.Bound, x.Error),
        };
    }

    private bool GrowReshape(Item x)
    {
        var shape = x.Tensor.Shape;
        var dims = shape.ToList();
        for (var change = _random.Next(1, 3); change > 0; change--)
        {
            var axis = _random.Next(dims.Count + 1);
            switch (_random.Next(4))
            {
                case 0:
                    dims.Insert(axis, 1);
                    break;
                case 1 when dims.IndexOf(1) is >= 0 and var one:
                    dims.RemoveAt(one);
                    break;
                case 2 when axis < dims.Count && dims[axis] is { IsConstant: true } dim && dim.Value > 1:
                    var divisors = Enumerable.Range(1, (int)dim.Value).Where(part => dim.Value % part == 0).ToArray();
                    var divisor = divisors[_random.Next(divisors.Length)];
                    dims[axis] = dim.Value / divisor;
                    dims.Insert(axis + 1, divisor);
                    break;
                case 3 when axis + 1 < dims.Count:
                    dims[axis] *= dims[axis + 1];
                    dims.RemoveAt(axis + 1);
                    break;
            }
        }

        return Add(x.Tensor.Reshape([.. dims]), x.Bound, x.Error, x.IsExact);
    }

    private bool GrowSlice(Item x)
    {
        var shape = x.Tensor.Shape;
        if (shape.Rank == 0) return false;
        var axis = _random.Next(3) == 0 ? _random.Next(shape.Rank) : shape.Rank - 1;
        if (!shape[axis].IsConstant || shape[axis].Value == 0) return false;
        var size = (int)shape[axis].Value;
        var start = _random.Next(size);
        var length = _random.Next(1, size - start + 1);
        return Add(x.Tensor.Slice(_random.Next(2) == 0 ? axis : axis - shape.Rank, start, length), x.Bound, x.Error, x.IsExact);
    }

    private bool GrowPermutation(Item x)
    {
        int[] axes = [.. Enumerable.Range(0, x.Tensor.Shape.Rank)];
        _random.Shuffle(axes);
        return Add(x.Tensor.Permute(axes), x.Bound, x.Error, x.IsExact);
    }

    private bool GrowExpansion(Item x)
    {
        var dims = x.Tensor.Shape.Select(dim => dim == 1 ? Other() : dim).ToList();
        if (_random.Next(3) == 0) dims.Insert(0, Other());
        return Add(x.Tensor.Expand([.. dims]), x.Bound, x.Error, x.IsExact);

        Dim Other() => _random.Next(3) == 0 && _pool.Exists(item => item.Tensor.Shape.Contains(_symbols[0]))
            ? _symbols[0]
            : _random.Next(1, 5);
    }

    private bool GrowConcat(Item x)
    {
        var shape = x.Tensor.Shape;
        if (shape.Rank == 0) return false;
        var axis = _random.Next(shape.Rank);
        var y = PickWhere(other => other.Tensor.Type == x.Tensor.Type && other.Tensor.Shape.Rank == shape.Rank
            && other.Tensor.Shape.With(axis, 0) == shape.With(axis, 0))!;
        return Add(
            Tensor.Concat(axis, x.Tensor, y.Tensor), Math.Max(x.Bound, y.Bound), Math.Max(x.Error, y.Error), x.IsExact && y.IsExact);
    }

    private bool GrowNorm(Item x)
    {
        if (!IsFloat(x) || x.Tensor.Shape.Rank == 0) return false;
        var t = x.Tensor;
        if (!t.Shape[^1].IsConstant || _random.Next(2) == 0) return Add(t.Softmax(-1), 1, 2 * x.Error);
        var weight = Leaf([t.Shape[^1]]);
        return Add(t / ((t * t).Mean(-1) + 0.25).Sqrt() * weight, 2 * x.Bound, 2 * x.Error * (1 + 4 * x.Bound * x.Bound));
    }

    private bool GrowProduct(Item x)
    {
        var shape = x.Tensor.Shape;
        if (!IsFloat(x) || shape.Rank < 2 || !shape[^1].IsConstant) return false;
        var added = false;
        for (var times = _random.Next(1, 4); times > 0; times--)
        {
            var type = Formats[_random.Next(Formats.Length)];
            var (k, n) = ((int)shape[^1].Value, Widths[_random.Next(Widths.Length)]);
            if (k % Math.Max(type.BlockElements, 1) != 0) type = Formats[_random.Next(3)];
            var (data, largest) = Matrix(type, n, k);
            // Rows are rounded to 8 bits (or to bfloat16, which is finer); the roundings are random.
            var rounding = type is DType.F32 or DType.F16 ? Epsilon * k : Math.Min(k / 240.0, Math.Sqrt(k) / 25);
            added |= Add(
                x.Tensor.MatMul(Tensor.Weight(data), transposeRight: true), x.Bound * largest * Math.Min(k, 4 * Math.Sqrt(k) + 4),
                largest * (k * x.Error + rounding * x.Bound));
        }

        return added;
    }

    private (TensorData Data, double Largest) Matrix(DType type, int rows, int columns)
    {
        var data = TensorData.Allocate(type, rows, columns);
        WeightsOf(type, rows * columns).CopyTo(data.AsSpan<byte>());
        var values = new float[rows * columns];
        NumberFormats.Dequantize(type, data.AsSpan<byte>(), values);
        return (data, values.Max(Math.Abs));
    }

    private byte[] WeightsOf(DType type, int elements)
    {
        if (type == DType.MXFP4 || !NumberFormats.CanQuantize(type)) return WeightBytes.Random(type, elements, _random, false);
        var values = new float[elements];
        foreach (ref var value in values.AsSpan()) value = _random.NextSingle() * 0.5f - 0.25f;
        var bytes = new byte[type.ByteLength(elements)];
        NumberFormats.Quantize(type, values, bytes);
        return bytes;
    }

    private bool GrowProductOfTwo(Item x)
    {
        if (!IsFloat(x) || x.Tensor.Shape.Rank < 2) return false;
        var k = MaxOf(x.Tensor.Shape[^1]);
        var axes = Enumerable.Range(0, x.Tensor.Shape.Rank).ToArray();
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return Add(x.Tensor.MatMul(x.Tensor.Permute(axes)), k * x.Bound * x.Bound, 2 * k * x.Bound * x.Error + k * x.Bound * x.Bound * Epsilon);
    }

    private bool GrowGather()
    {
        if (PickWhere(item => item.Tensor.Shape is { Rank: > 0 } shape && shape[0].IsConstant && shape[0].Value > 0) is not { } table)
        {
            return false;
        }

        var indices = Tensor.Input(
            $"i{_names++}<{table.Tensor.Shape[0].Value}", DType.I32,
            _random.Next(2) == 0 ? [_symbols[0]] : [2, _random.Next(1, 4)]);
        return Add(table.Tensor.Gather(indices), table.Bound, table.Error, table.IsExact);
    }

    private bool GrowScatter(Item x)
    {
        if (!IsFloat(x) || x.Tensor.Shape.Rank < 2 || !CanBeGiven(x.Tensor.Shape.Take(1))) return false;
        var (rows, count) = (_random.Next(1, 9), x.Tensor.Shape[0]);
        var indices = Tensor.Input($"i{_names++}<{rows}", DType.I32, [count]);
        var most = MaxOf(count);
        return Add(x.Tensor.ScatterAdd(indices, rows), most * x.Bound, most * x.Error);
    }

    // Which rows see which columns, by whole numbers that broadcast in all ways.
    private bool GrowMask(Item x)
    {
        var shape = x.Tensor.Shape;
        if (!IsFloat(x) || shape.Rank < 2 || !shape[^1].IsConstant || shape[^1].Value > 1000) return false;
        if (!CanBeGiven(shape)) return false;
        var columns = Tensor.Range(shape[^1]);
        Tensor rows;
        if (_random.Next(2) == 0 && shape[^2].IsConstant && shape[^2].Value > 0)
        {
            rows = Tensor.Range(shape[^2]).Reshape([shape[^2], 1]);
        }
        else
        {
            var leading = shape.SkipLast(1).Select(size => _random.Next(2) == 0 ? size : 1);
            rows = Tensor.Input($"i{_names++}<5", DType.I32, [.. leading, 1]);
        }

        var isSeen = _random.Next(2) == 0 ? columns.LessThan(rows + 1) : rows.EqualTo(columns);
        if (_random.Next(2) == 0) isSeen = columns.LessThan(rows);
        return Add(isSeen.Select(x.Tensor, Tensor.Scalar(-2)), Math.Max(2, x.Bound), x.Error, x.IsExact);
    }

    // Some matrices times others, either of them transposed, rounded or shared.
    private bool GrowRepeatedProduct(Item x)
    {
        var shape = x.Tensor.Shape;
        if (!IsFloat(x) || shape.Rank < 2 || !CanBeGiven(shape)) return false;
        var isLeftTransposed = _random.Next(2) == 0;
        var k = isLeftTransposed ? shape[^2] : shape[^1];
        if (!k.IsConstant || k.Value == 0) return false;
        var (n, isTransposed, isRounded) = (_random.Next(1, 40), _random.Next(2) == 0, _random.Next(3) == 0);
        Dim[] leading = _random.Next(2) == 0 ? [] : [.. shape.SkipLast(2)];
        Leaf(isTransposed ? [.. leading, n, k] : [.. leading, k, n]);
        var (right, left) = (_pool[^1].Tensor, isLeftTransposed ? Swapped(x.Tensor) : x.Tensor);
        var (bound, rounding) = (x.Bound * k.Value, isRounded ? x.Bound * k.Value / 100 : 0);
        var product = left.MatMul(isRounded ? right.Cast(DType.BF16) : right, isTransposed);
        return Add(product, bound, k.Value * x.Error + bound * Epsilon + rounding);
    }

    private static bool CanBeGiven(IEnumerable<Dim> sizes) =>
        sizes.All(size => size.IsConstant || size.AsSymbol is not null);

    private static Tensor Swapped(Tensor x)
    {
        int[] axes = [.. Enumerable.Range(0, x.Shape.Rank)];
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return x.Permute(axes);
    }

    private bool GrowTopK()
    {
        var found = PickWhere(item => IsFloat(item) && item.IsExact && item.Tensor.Shape is { Rank: > 0 } shape
            && shape[^1].IsConstant && shape[^1].Value > 0);
        if (found is not { } x) return false;
        var width = x.Tensor.Shape[^1].Value;
        var places = x.Tensor.TopK(_random.Next(1, (int)Math.Min(width, 8) + 1));
        if (!Add(places, width, 0, true)) return false;
        return x.Tensor.Shape.Rank != 2 || _random.Next(2) == 0 || Add(x.Tensor.GatherColumns(places), x.Bound, x.Error, true);
    }

    private bool GrowChoice()
    {
        if (PickWhere(item => item.IsExact && item.Tensor.Type is DType.F32 or DType.I32) is not { } x) return false;
        var y = Partner(x);
        if (!y.IsExact || y.Tensor.Type != x.Tensor.Type) return false;
        var condition = _random.Next(2) == 0 ? x.Tensor.EqualTo(y.Tensor) : x.Tensor.LessThan(y.Tensor);
        if (_random.Next(5) == 0 && !Add(condition, 1, 0, true)) return false;
        if (_random.Next(6) == 0 && !Add(condition.Cast(DType.F32), 1, 0, true)) return false;
        for (var times = _random.Next(1, 3); times > 0; times--)
        {
            var then = PickWhere(item => IsFloat(item) && Shape.TryBroadcast(item.Tensor.Shape, condition.Shape) is not null);
            if (then is not { } a) return false;
            var b = Partner(a);
            if (Shape.TryBroadcast(a.Tensor.Shape, b.Tensor.Shape) is not { } both
                || Shape.TryBroadcast(both, condition.Shape) is null || b.Tensor.Type != DType.F32)
            {
                return false;
            }

            Add(condition.Select(a.Tensor, b.Tensor), Math.Max(a.Bound, b.Bound), Math.Max(a.Error, b.Error), a.IsExact && b.IsExact);
        }

        return true;
    }

    private bool GrowCast(Item x) => x.Tensor.Type switch
    {
        DType.F32 when _random.Next(2) == 0 => Add(
            x.Tensor.Cast(DType.F16).Cast(DType.F32), x.Bound, x.IsExact ? 0 : x.Error + x.Bound / 1000, x.IsExact),
        DType.F32 => x.IsExact && Add((x.Tensor * 4).Cast(DType.I32), 4 * x.Bound, 0, true),
        _ => Add(x.Tensor.Cast(DType.F32), x.Bound, 0, true),
    };

    /// <summary>A tensor, the largest magnitude of its elements, and how far they may be off.</summary>
    internal sealed record Item(Tensor Tensor, double Bound, double Error, bool IsExact);
}
