using System.Globalization;
using Ashlar.Tensors;

// Learns sin on [-3, 3] from 64 points: two layers, gradients by Backward, a step against them by hand.
const int Points = 64, Hidden = 32;
const double Rate = 0.1;

var random = new Random(1);
float[] xs = [.. Enumerable.Range(0, Points).Select(i => -3 + 6f * i / (Points - 1))];
var x = Tensor.From<float>(xs, Points, 1);
var y = Tensor.From<float>([.. xs.Select(MathF.Sin)], Points, 1);

Tensor[] parameters =
[
    Uniform(1, 1, Hidden), Uniform(1, Hidden), // the first layer's matrix and bias
    Uniform(0.2f, Hidden, 1), Uniform(0, 1), // the second's
];

for (var step = 0; step <= 1000; step++)
{
    var hidden = (x.MatMul(parameters[0]) + parameters[1]).Tanh(); // (points, hidden)
    var error = hidden.MatMul(parameters[2]) + parameters[3] - y; // (points, 1)
    var loss = (error * error).Mean(0);

    if (step % 200 == 0)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step,4}  loss {loss.ToArray<float>()[0]:F3}"));
    }

    loss.Backward();
    for (var i = 0; i < parameters.Length; i++)
    {
        parameters[i] = (parameters[i] - parameters[i].Gradient! * Rate).RequiresGradient();
    }
}

Tensor Uniform(float limit, params long[] sizes)
{
    var values = new float[sizes.Aggregate(1L, (count, size) => count * size)];
    foreach (ref var value in values.AsSpan()) value = (random.NextSingle() * 2 - 1) * limit;
    return Tensor.From<float>(values, sizes).RequiresGradient();
}
