using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.X64.Attention;
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
                .Select(_ => (random.Next(random.Next(2) == 0 ? 20 : 300), random.Next(1, random.Next(2) == 0 ? 3 : 40)))
                .ToArray();
            Compare(set, seed, shape, runs);
        }
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Long_contexts_are_put_together_chunk_by_chunk(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var (type, window, cap, hasSinks) in new[]
                 {
                     (DType.F32, 0, 0f, false), (DType.F16, 1000, 0f, true), (DType.BF16, 129, 3f, false),
                     (DType.Q8_0, 0, 0f, true),
                 })
        {
            var shape = new PagedAttentionShape(6, 2, 32, 64, 48, type, type, 0.4f, window, cap, hasSinks, 6 * 32);
            Compare(set, 7, shape, [(2500, 1), (1270, 20), (0, 130)]);
        }
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void Large_heads_and_many_heads_to_a_key_head_are_right_too(string name)
    {
        var set = InstructionSets.Require(name);
        foreach (var (heads, keyHeads, size, valueSize) in new[]
                 { (8, 2, 256, 256), (5, 1, 192, 128), (71, 1, 64, 64), (24, 2, 72, 40) })
        {
            foreach (var type in new[] { DType.F32, DType.F16, DType.BF16, DType.Q8_0 })
            {
                if (!CacheStore.CanBe(type, size) || !CacheStore.CanBe(type, valueSize)) continue;
                var shape = new PagedAttentionShape(
                    heads, keyHeads, size, valueSize, 32, type, type, 0.1f, 0, 0, false, heads * size);
                Compare(set, 8, shape, [(130, 18), (20, 1)]);
            }
        }
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void What_a_token_does_not_see_may_be_anything(string name)
    {
        var set = InstructionSets.Require(name);
        var cases =
            from type in (DType[])[DType.F32, DType.F16, DType.BF16]
            from window in (int[])[0, 5, 40]
            from poisoned in (int[])[125, 126]
            select (type, window, poisoned);
        foreach (var (type, window, poisoned) in cases)
        {
            var shape = new PagedAttentionShape(6, 2, 32, 24, 16, type, type, 0.4f, window, 0, false, 6 * 32);
            using var batch = new AttentionBatch(new Random(9), shape, [(120, 16)]);
            var kernel = AttentionEmitter.Emit(new PagedAttention(shape), set);
            var before = batch.Run(kernel, [AttentionBatch.Item(0, 16)], "numbers");
            batch.Poison(0, poisoned);
            var after = batch.Run(kernel, [AttentionBatch.Item(0, 16)], "poison");
            var width = shape.Heads * shape.ValueSize;
            for (var i = 0; i < before.Length; i++)
            {
                var position = 120 + i / width;
                var sees = position >= poisoned && (window == 0 || position - window < poisoned);
                if (sees) Assert.True(float.IsNaN(after[i]), $"{type}, window {window}: element {i} is {after[i]:R}");
                else Assert.Equal(BitConverter.SingleToInt32Bits(before[i]), BitConverter.SingleToInt32Bits(after[i]));
            }
        }
    }

    [Theory, MemberData(nameof(InstructionSets.Emitted), MemberType = typeof(InstructionSets))]
    public void A_range_is_computed_and_nothing_else(string name)
    {
        var shape = new PagedAttentionShape(6, 3, 16, 16, 16, DType.F16, DType.BF16, 0.4f, 0, 0, false, 6 * 16);
        using var batch = new AttentionBatch(new Random(11), shape, [(3, 5), (60, 1), (9, 2)]);
        var kernel = AttentionEmitter.Emit(new PagedAttention(shape), InstructionSets.Require(name));
        AttentionItem[] items = [AttentionBatch.Item(0, 5), AttentionBatch.Item(5, 1), AttentionBatch.Item(6, 2)];
        var all = batch.Run(kernel, items, "all");
        for (var from = 0; from <= 9; from++)
        {
            for (var to = from; to <= 9; to++)
            {
                var some = batch.Run(kernel, items, $"{from} to {to}", from, to);
                for (var i = 0; i < all.Length; i++)
                {
                    var (token, keyHead) = (i / (6 * 16), i / 32 % 3);
                    var number = (token < 5 ? 0 : token < 6 ? 3 : 6) + keyHead;
                    var expected = number >= from && number < to ? all[i] : float.NaN;
                    Assert.True(expected.Equals(some[i]), $"{from} to {to}: element {i} is {some[i]:R}, not {expected:R}");
                }
            }
        }
    }

    private static PagedAttentionShape Shape(Random random)
    {
        var group = random.Next(1, random.Next(3) == 0 ? 14 : 6);
        var keyHeads = random.Next(1, 3);
        var size = Sizes[random.Next(Sizes.Length)];
        var valueSize = random.Next(2) == 0 ? size : Sizes[random.Next(Sizes.Length)];
        DType[] types = [DType.F32, DType.F16, DType.BF16, DType.Q8_0];
        var (keys, values) = (types[random.Next(size % 32 == 0 ? 4 : 3)], types[random.Next(valueSize % 32 == 0 ? 4 : 3)]);
        return new PagedAttentionShape(
            group * keyHeads, keyHeads, size, valueSize, 16 * random.Next(1, 5), keys, values,
            random.Next(6) == 0 ? 0 : (float)(1.5 / Math.Sqrt(size)), random.Next(3) == 0 ? random.Next(1, random.Next(2) == 0 ? 30 : 200) : 0,
            random.Next(3) == 0 ? 2.5f : 0, random.Next(3) == 0, group * keyHeads * size + random.Next(3));
    }

    private static void Compare(InstructionSet set, int seed, PagedAttentionShape shape, (int, int)[] runs)
    {
        var what = $"seed {seed}, {shape}, {string.Join(" ", runs)}";
        using var batch = new AttentionBatch(new Random(seed), shape, runs);
        var kernel = AttentionEmitter.Emit(new PagedAttention(shape), set);
        var actual = batch.Run(kernel, batch.Items(PagedAttention.TokensPerItem), what);
        var (expected, tolerances) = batch.Expected(set);
        for (var i = 0; i < actual.Length; i++)
        {
            // Values are below 2; weights are right to about the error of a score, or rounded.
            if (Math.Abs(actual[i] - expected[i]) <= tolerances[i]) continue;
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
