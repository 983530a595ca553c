using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.X64.Attention;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>The rotary embedding as emitted, against double arithmetic.</summary>
public sealed unsafe class RotaryEmitterTests
{
    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Random_heads_turn_by_the_angles_of_their_positions_in_place_too(string name)
    {
        const int Positions = 50;
        var set = InstructionSets.Require(name);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (heads, size, tokens) = (random.Next(1, 5), random.Next(2, 150), random.Next(1, 6));
            var pairs = random.Next(2) == 0 ? size / 2 : random.Next(0, size / 2 + 1);
            var layout = random.Next(2) == 0 ? RotaryLayout.Halves : RotaryLayout.Interleaved;
            var isInPlace = random.Next(2) == 0;
            var stride = heads * size + (isInPlace ? 0 : random.Next(3));
            var from = random.Next(tokens);
            var to = random.Next(from, tokens + 1);
            var rows = new RotaryRows(heads, size, pairs, layout, stride);
            var what = $"seed {seed}, {rows.Key}, tokens {from} to {to}{(isInPlace ? ", in place" : "")}";
            var numbers = new float[tokens * stride];
            foreach (ref var number in numbers.AsSpan()) number = random.NextSingle() * 4 - 2;
            var angles = new float[Positions * 2 * pairs];
            foreach (ref var angle in angles.AsSpan()) angle = random.NextSingle() * 2 - 1;
            var positions = Enumerable.Range(0, tokens).Select(_ => random.Next(Positions)).ToArray();

            using var input = GuardedBlock.Of<float>(numbers);
            using var place = GuardedBlock.Of<int>(positions);
            using var table = GuardedBlock.Of<float>(angles);
            using var apart = new GuardedBlock((long)tokens * heads * size * sizeof(float));
            var output = isInPlace ? input : apart;
            RotaryEmitter.Emit(rows, set).Invoke(
                [(long)input.Pointer, (long)output.Pointer, (long)place.Pointer, (long)table.Pointer], from, to);

            output.Check(what);
            for (var token = 0; token < tokens; token++)
            {
                for (var i = 0; i < heads * size; i++)
                {
                    var actual = output.Floats[token * heads * size + i];
                    var x = numbers.AsSpan(token * stride + i / size * size, size);
                    var row = angles.AsSpan(positions[token] * 2 * pairs, 2 * pairs);
                    var expected = token < from || token >= to
                        ? isInPlace ? x[i % size] : double.NaN
                        : Turned(x, row, i % size, pairs, layout);
                    if (double.IsNaN(expected) ? float.IsNaN(actual) : Math.Abs(actual - expected) <= 1e-6) continue;
                    Assert.Fail($"{what}: element {i} of token {token} is {actual:R}, not {expected:R}");
                }
            }
        }
    }

    private static double Turned(Span<float> x, Span<float> row, int element, int pairs, RotaryLayout layout)
    {
        if (element >= 2 * pairs) return x[element];
        var isHalves = layout == RotaryLayout.Halves;
        var (pair, isSecond) = isHalves ? (element % pairs, element >= pairs) : (element / 2, element % 2 == 1);
        var (a, b) = isHalves ? (x[pair], x[pair + pairs]) : (x[2 * pair], x[2 * pair + 1]);
        var (cos, sin) = ((double)row[pair], (double)row[pairs + pair]);
        return isSecond ? b * cos + a * sin : a * cos - b * sin;
    }
}
