using Ashlar.Tensors.Operations;
using static Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Reference;

public class RotaryTests
{
    [Theory]
    [InlineData(DType.F32, RotaryLayout.Interleaved, 1)]
    [InlineData(DType.F32, RotaryLayout.Halves, 1.25)]
    [InlineData(DType.F64, RotaryLayout.Interleaved, 1.25)]
    [InlineData(DType.F64, RotaryLayout.Halves, 1)]
    public void Pairs_turn_by_position_times_frequency_and_the_rest_passes(DType type, RotaryLayout layout, double magnitude)
    {
        var random = Seeded(40);
        foreach (var (tokens, heads, size, pairs) in new (int, int, int, int)[] { (1, 1, 2, 1), (3, 2, 8, 4), (5, 3, 10, 3),
            (2, 2, 7, 3), (0, 2, 4, 2), (4, 1, 6, 0) })
        {
            var x = Guarded.Random(random, type, tokens, heads, size);
            var positions = Guarded.Indices(random, 100_000, tokens);
            var frequencies = Guarded.Of(
                DType.F32, [pairs],
                [.. Enumerable.Range(0, pairs).Select(i => Math.Pow(10_000, -(double)i / Math.Max(pairs, 1)))]);
            var (xs, ps, fs) = (Guarded.Doubles(x), Guarded.Doubles(positions), Guarded.Doubles(frequencies));
            var expected = xs.ToArray();
            for (var row = 0; row < tokens * heads; row++)
            {
                for (var i = 0; i < pairs; i++)
                {
                    var (a, b) = layout == RotaryLayout.Interleaved ? (2 * i, 2 * i + 1) : (i, i + pairs);
                    var turn = System.Numerics.Complex.FromPolarCoordinates(magnitude, ps[row / heads] * fs[i]);
                    var turned = new System.Numerics.Complex(xs[row * size + a], xs[row * size + b]) * turn;
                    (expected[row * size + a], expected[row * size + b]) = (turned.Real, turned.Imaginary);
                }
            }

            AssertClose(expected, Run(new Rotary(layout, magnitude), x, positions, frequencies), Tolerance(type));
        }
    }
}
