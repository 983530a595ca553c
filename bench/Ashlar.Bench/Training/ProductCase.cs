using System.Diagnostics;
using Ashlar.Bench.Measuring;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Bench.Training;

/// <summary>A product of a training step, as a graph of its own whose operands are inputs: packing them counts.</summary>
internal sealed class ProductCase : IDisposable
{
    private readonly Executable _executable;
    private readonly double _operations;

    private ProductCase(
        string name, Tensor product, double operations, int threads, params (string Key, TensorData Data)[] inputs)
    {
        (Name, _operations) = (name, operations);
        _executable = new Executable(new Graph(product.Node), threads);
        foreach (var (key, data) in inputs) _executable.Bind(key, data);
        _executable.Run();
    }

    public string Name { get; }

    /// <summary>Rows (m, k) times a matrix (n, k), as in the forward pass.</summary>
    public static ProductCase Forward(int m, int k, int n, int threads) => new(
        $"x W^T, {m} x {k} x {n}", Input("x", [m, k]).MatMul(Input("w", [n, k]), transposeRight: true), 2.0 * m * k * n, threads,
        ("x", Numbers(m, k)), ("w", Numbers(n, k)));

    /// <summary>Rows (m, k) times a matrix (k, n), as in the gradient of rows.</summary>
    public static ProductCase Rows(int m, int k, int n, int threads) => new(
        $"dy W, {m} x {k} x {n}", Input("x", [m, k]).MatMul(Input("w", [k, n])), 2.0 * m * k * n, threads,
        ("x", Numbers(m, k)), ("w", Numbers(k, n)));

    /// <summary>The transpose of rows (k, m) times rows (k, n), as in the gradient of weights.</summary>
    public static ProductCase Weights(int m, int k, int n, int threads) => new(
        $"dy^T x, {m} x {k} x {n}", Input("x", [k, m]).Permute(1, 0).MatMul(Input("w", [k, n])), 2.0 * m * k * n, threads,
        ("x", Numbers(k, m)), ("w", Numbers(k, n)));

    /// <summary>Scores of attention: small matrices (m, k) times (n, k).</summary>
    public static ProductCase Scores(int heads, int m, int k, int n, int threads) => new(
        $"scores, {heads} of {m} x {k} x {n}",
        Input("x", [heads, m, k]).MatMul(Input("w", [heads, n, k]), transposeRight: true), 2.0 * heads * m * k * n, threads,
        ("x", Numbers(heads, m, k)), ("w", Numbers(heads, n, k)));

    /// <summary>Results of attention: small matrices (m, k) times (k, n).</summary>
    public static ProductCase Mixed(int heads, int m, int k, int n, int threads) => new(
        $"results, {heads} of {m} x {k} x {n}", Input("x", [heads, m, k]).MatMul(Input("w", [heads, k, n])),
        2.0 * heads * m * k * n, threads, ("x", Numbers(heads, m, k)), ("w", Numbers(heads, k, n)));

    /// <summary>The gradient of values: the transpose of (k, m) times (k, n).</summary>
    public static ProductCase Values(int heads, int m, int k, int n, int threads) => new(
        $"dV, {heads} of {m} x {k} x {n}", Input("x", [heads, k, m]).Permute(0, 2, 1).MatMul(Input("w", [heads, k, n])),
        2.0 * heads * m * k * n, threads, ("x", Numbers(heads, k, m)), ("w", Numbers(heads, k, n)));

    /// <summary>Its speed.</summary>
    public Trial Trial() => new(Name, "GOPS", _operations, count =>
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) _executable.Run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    public void Dispose() => _executable.Dispose();

    private static Tensor Input(string key, Shape shape) => Tensor.Input(key, DType.F32, shape);

    private static TensorData Numbers(params long[] sizes)
    {
        var data = TensorData.Allocate(DType.F32, sizes);
        var numbers = SampleNumbers.Normal(checked((int)data.Elements), seed: 1);
        numbers.CopyTo(data.AsSpan<float>());
        return data;
    }
}
