namespace Ashlar.Tensors.Tests.Autodiff;

/// <summary>
/// A random function of some matrices to one number, made of what models are made of: smooth operations, products, norms,
/// softmax, gathers, parts and joins. Its numbers stay near 1, so that gradients can be compared.
/// </summary>
internal sealed class RandomFunction
{
    private readonly Random _random;
    private readonly DType _type;
    private readonly Func<long[], Tensor> _leaf;
    private readonly List<Tensor> _pool = []; // matrices

    /// <summary>Draws a function.</summary>
    /// <param name="seed">The same seed gives the same function, in whatever type.</param>
    /// <param name="type">F32 or F64.</param>
    /// <param name="leaf">Makes what it is a function of, from sizes.</param>
    public RandomFunction(int seed, DType type, Func<long[], Tensor> leaf)
    {
        (_random, _type, _leaf) = (new Random(seed), type, leaf);
        while (_pool.Count < 2) NewLeaf(_random.Next(1, 6), _random.Next(1, 9));
        for (var count = _random.Next(4, 14); count > 0; count--) _pool.Add(Grow(Pick()));
        Result = _pool.Skip(2).Select((matrix, i) => Sum(matrix * (i % 3 - 1.5))).Aggregate((sum, next) => sum + next).Tanh();
    }

    /// <summary>The number.</summary>
    public Tensor Result { get; }

    private static Tensor Sum(Tensor x) => x.Reshape([x.Shape.Elements]).Sum(0) / x.Shape.Elements.Value;

    private Tensor Pick() => _pool[_random.Next(_pool.Count)];

    private Tensor NewLeaf(long rows, long columns)
    {
        _pool.Add(_leaf([rows, columns]));
        return _pool[^1];
    }

    private Tensor Grow(Tensor x)
    {
        var (rows, columns) = (x.Shape[0].Value, x.Shape[1].Value);
        switch (_random.Next(16))
        {
            case 0: return x.Tanh();
            case 1: return x / ((-x).Exp() + 1);
            case 2: return x.Softmax(-1);
            case 3: return x * ((x * x).Mean(-1) + 0.1).Sqrt().Reciprocal();
            case 4: return x.MatMul(NewLeaf(columns, _random.Next(1, 9)));
            case 5: return x.MatMul(NewLeaf(_random.Next(1, 9), columns), transposeRight: true);
            case 6: return x.Permute(1, 0);
            case 7: return (x + NewLeaf(1, columns)).Sin();
            case 8: return x * NewLeaf(rows, 1);
            case 9: return Tensor.Concat(_random.Next(2), x, x.Cos());
            case 10:
                var start = _random.Next((int)columns);
                return x.Slice(1, start, _random.Next(1, (int)columns - start + 1));
            case 11: return x.Gather(Tensor.From<int>([.. Enumerable.Range(0, 4).Select(_ => _random.Next((int)rows))]));
            case 12:
                int[] places = [.. Enumerable.Range(0, (int)rows).Select(_ => _random.Next(3))];
                return x.ScatterAdd(Tensor.From<int>(places), 3).Tanh();
            case 13: return (x.Slice(0, 0, 1).Expand([3, columns]) * 0.5).Erf();
            case 14: return Tensor.Range(columns).Cast(_type).LessThan(Tensor.Scalar(2, _type)).Select(x.Exp() * 0.3, x);
            default:
                var y = _pool.FirstOrDefault(other => other != x && other.Shape == x.Shape) ?? NewLeaf(rows, columns);
                return _random.Next(3) switch { 0 => x + y, 1 => x * y, _ => x / (y * y + 0.5) };
        }
    }
}
