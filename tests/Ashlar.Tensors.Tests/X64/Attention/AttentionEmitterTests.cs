using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.X64;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Attention as emitted, against the formula in double arithmetic.</summary>
public sealed class AttentionEmitterTests
{
    private static readonly int[] Sizes = [8, 16, 20, 24, 32, 64, 80, 96, 128, 1, 7, 33];

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Random_batches_agree_with_the_formula_and_every_token_alone_has_the_same_bits(string name)
    {
        var set = InstructionSets.Require(name);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var shape = Shape(random);
            var runs = Enumerable.Range(0, random.Next(1, 4))
                .Select(_ => (random.Next(0, random.Next(2) == 0 ? 20 : 300), random.Next(1, random.Next(2) == 0 ? 3 : 40))).ToArray();
            Compare(set, seed, shape, runs);
        }
    }

    private static PagedAttentionShape Shape(Random random)
    {
        var group = random.Next(1, random.Next(3) == 0 ? 14 : 6);
        var keyHeads = random.Next(1, 3);
        var size = Sizes[random.Next(Sizes.Length)];
        var valueSize = random.Next(2) == 0 ? size : Sizes[random.Next(Sizes.Length)];
        DType[] types = [DType.F32, DType.F16, DType.BF16];
        return new PagedAttentionShape(
            group * keyHeads, keyHeads, size, valueSize, 16 * random.Next(1, 5), types[random.Next(3)],
            (float)(1.5 / Math.Sqrt(size)), random.Next(3) == 0 ? random.Next(1, random.Next(2) == 0 ? 30 : 200) : 0,
            random.Next(3) == 0 ? 2.5f : 0, random.Next(3) == 0, group * keyHeads * size + random.Next(3));
    }

    private static void Compare(InstructionSet set, int seed, PagedAttentionShape shape, (int, int)[] runs)
    {
        var what = $"seed {seed}, {shape}, {string.Join(" ", runs)}";
        using var batch = new AttentionBatch(new Random(seed), shape, runs);
        var kernel = AttentionEmitter.Emit(new PagedAttention(shape), set);
        var actual = batch.Run(kernel, batch.Items(PagedAttention.TokensPerItem), what);
        var expected = batch.Expected();
        for (var i = 0; i < actual.Length; i++)
        {
            // Values are below 2; weights are right to about the error of a score.
            if (Math.Abs(actual[i] - expected[i]) <= 1e-5) continue;
            Assert.Fail($"{what}: element {i} is {actual[i]:R}, not {expected[i]:R}");
        }

        foreach (var most in (int[])[1, 3, 7])
        {
            var other = batch.Run(kernel, batch.Items(most), what);
            for (var i = 0; i < actual.Length; i++)
            {
                if (BitConverter.SingleToInt32Bits(actual[i]) == BitConverter.SingleToInt32Bits(other[i])) continue;
                Assert.Fail($"{what}: in items of {most}, element {i} is {other[i]:R}, not {actual[i]:R}");
            }
        }
    }
}
