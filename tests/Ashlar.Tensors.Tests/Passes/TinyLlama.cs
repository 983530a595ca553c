using Ashlar.Tensors.Autodiff;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>
/// A decoder with everything that training steps compute: its loss in chunks of rows, and the gradients of all weights. The
/// graph is as the training of models builds it.
/// </summary>
internal sealed class TinyLlama
{
    private readonly Dictionary<string, Tensor> _weights = [];
    private readonly int _rows, _length, _width, _heads, _feedForward, _vocabulary;
    private readonly DType _products;

    public TinyLlama(
        int rows, int length, int width, int heads, int feedForward, int vocabulary, int layers, int chunks,
        DType products = DType.F32, bool isGpt = false)
    {
        (_rows, _length, _width, _heads, _feedForward, _vocabulary) = (rows, length, width, heads, feedForward, vocabulary);
        _products = products;
        var tokens = rows * length;
        var ids = Tensor.Input("tokens", DType.I32, [tokens]);
        var x = Weight("embedding", vocabulary, width).Gather(ids);
        if (isGpt)
        {
            var places = Weight("places", 2 * length, width).Slice(0, 0, length);
            x = (x.Reshape([rows, length, width]) + places).Reshape([tokens, width]);
        }

        for (var layer = 0; layer < layers; layer++) x = isGpt ? GptLayer(x, $"{layer}.") : Layer(x, $"{layer}.");
        x = isGpt ? LayerNorm(x, "norm") : Norm(x, "norm");
        Loss = CrossEntropy(x, chunks);
        var gradients = Gradient.Of(Loss.Node, [.. _weights.Values.Select(weight => weight.Node)]);
        Graph = new Graph([Loss.Node, .. gradients]);
    }

    /// <summary>The loss, then the gradient of each weight.</summary>
    public Graph Graph { get; }

    public Tensor Loss { get; }

    /// <summary>Random numbers for an input.</summary>
    public TensorData Fill(Node input, Random random)
    {
        var data = TensorData.Allocate(input.Type, [.. input.Shape.Select(size => size.Value)]);
        var key = Graph.KeyOf(input)!;
        if (input.Type == DType.I32)
        {
            var numbers = data.AsSpan<int>();
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = key == "positions" ? i % _length : key == "segments" ? i % _length / 5 : random.Next(_vocabulary);
            }

            return data;
        }

        foreach (ref var x in data.AsSpan<float>()) x = (random.NextSingle() - 0.5f) * (input.Shape.Rank == 1 ? 2 : 0.4f);
        return data;
    }

    private Tensor Weight(string name, params Dim[] sizes) => _weights.TryGetValue(name, out var known)
        ? known
        : _weights[name] = Tensor.Input(name, DType.F32, [.. sizes]);

    private Tensor Linear(Tensor x, string name, long outputs) =>
        x.MatMul(Weight(name, outputs, x.Shape[1]).Cast(_products), transposeRight: true);

    private Tensor Norm(Tensor x, string name) =>
        x * ((x * x).Mean(-1) + 1e-5).Sqrt().Reciprocal() * Weight(name, _width);

    private Tensor LayerNorm(Tensor x, string name)
    {
        var centred = x - x.Mean(-1);
        var scale = ((centred * centred).Mean(-1) + 1e-5).Sqrt().Reciprocal();
        return centred * scale * Weight(name, _width) + Weight($"{name}.bias", _width);
    }

    private Tensor Layer(Tensor x, string name)
    {
        var rows = Norm(x, $"{name}norm1");
        var (q, k) = (Turned(Linear(rows, $"{name}q", _width)), Turned(Linear(rows, $"{name}k", _width)));
        x += Linear(Attend(q, k, Linear(rows, $"{name}v", _width)), $"{name}o", _width);
        rows = Norm(x, $"{name}norm2");
        var (gate, up) = (Linear(rows, $"{name}gate", _feedForward), Linear(rows, $"{name}up", _feedForward));
        return x + Linear(gate / ((-gate).Exp() + 1) * up, $"{name}down", _width);
    }

    private Tensor GptLayer(Tensor x, string name)
    {
        var rows = LayerNorm(x, $"{name}norm1");
        var all = Linear(rows, $"{name}qkv", 3 * _width) + Weight($"{name}qkv.bias", 3 * _width);
        var (q, k, v) = (all.Slice(1, 0, _width), all.Slice(1, _width, _width), all.Slice(1, 2 * _width, _width));
        x += Linear(Attend(q, k, v), $"{name}o", _width) + Weight($"{name}o.bias", _width);
        rows = LayerNorm(x, $"{name}norm2");
        var up = Linear(rows, $"{name}up", _feedForward) + Weight($"{name}up.bias", _feedForward);
        up = up * 0.5 * (((up + up * up * up * 0.044715) * Math.Sqrt(2 / Math.PI)).Tanh() + 1);
        return x + Linear(up, $"{name}down", _width) + Weight($"{name}down.bias", _width);
    }

    private Tensor Turned(Tensor x)
    {
        var size = _width / _heads;
        var frequencies = Enumerable.Range(0, size / 2).Select(i => (float)Math.Pow(100, -2.0 * i / size)).ToArray();
        var positions = Tensor.Input("positions", DType.I32, [_rows * _length]);
        return x.Reshape([_rows * _length, _heads, size])
            .Rotary(positions, Tensor.Weight(TensorData.From<float>(frequencies)), RotaryLayout.Halves).Reshape(x.Shape);
    }

    private Tensor Attend(Tensor q, Tensor k, Tensor v)
    {
        var scores = (Heads(q) * (1 / Math.Sqrt(_width / (double)_heads))).MatMul(Heads(k), transposeRight: true);
        var shares = (scores.Reshape([_rows, _heads, _length, _length]) + Mask()).Softmax(-1);
        return shares.Reshape([_rows * _heads, _length, _length]).MatMul(Heads(v))
            .Reshape([_rows, _heads, _length, _width / _heads]).Permute(0, 2, 1, 3).Reshape([_rows * _length, _width]);
    }

    private Tensor Heads(Tensor x) => x.Reshape([_rows, _length, _heads, _width / _heads]).Permute(0, 2, 1, 3)
        .Reshape([_rows * _heads, _length, _width / _heads]);

    private Tensor Mask()
    {
        var place = Tensor.Range(_length);
        var (seen, hidden) = (Tensor.Scalar(0), Tensor.Scalar(-1e30));
        var mask = place.Reshape([_length, 1]).LessThan(place.Reshape([1, _length])).Select(hidden, seen);
        var segments = Tensor.Input("segments", DType.I32, [_rows * _length]);
        return segments.Reshape([_rows, _length, 1]).EqualTo(segments.Reshape([_rows, 1, _length])).Select(mask, hidden)
            .Reshape([_rows, 1, _length, _length]);
    }

    private Tensor CrossEntropy(Tensor x, int chunks)
    {
        var (tokens, targets) = (_rows * _length, Tensor.Input("targets", DType.I32, [_rows * _length]));
        var weights = Tensor.Input("token_weights", DType.F32, [_rows * _length]);
        var (size, vocabulary) = (tokens / chunks, Tensor.Range(_vocabulary).Reshape([1, _vocabulary]));
        Tensor? loss = null;
        for (var start = 0; start < tokens; start += size)
        {
            var logits = Linear(x.Slice(0, start, size), "output", _vocabulary);
            var most = logits.Maximum(-1).Detach();
            var normal = (logits - most).Exp().Sum(-1).Log() + most;
            var isOwn = targets.Slice(0, start, size).Reshape([size, 1]).EqualTo(vocabulary);
            var own = isOwn.Select(logits, Tensor.Scalar(0)).Sum(-1);
            var part = ((normal - own) * weights.Slice(0, start, size).Reshape([size, 1])).Sum(0);
            loss = loss is null ? part : loss + part;
        }

        return loss! / tokens;
    }
}
