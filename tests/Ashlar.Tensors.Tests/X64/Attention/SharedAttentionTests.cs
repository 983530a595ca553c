using Ashlar.Tensors.Backends;
using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>Sequences whose first blocks are the same: what is computed once for all has the same bits as each alone.</summary>
public sealed class SharedAttentionTests
{
    public static TheoryData<string> Sets { get; } =
        [.. Enum.GetValues<InstructionSet>().Where(set => set >= InstructionSet.Portable).Select(Processor.NameOf)];

    [Theory, MemberData(nameof(Sets))]
    public void Random_trees_of_sequences_have_the_same_bits_shared_split_and_alone(string name)
    {
        var set = InstructionSets.Require(name);
        var (shared, split) = (0, 0);
        using var items = new AttentionItems();
        for (var seed = 0; seed < (set == InstructionSet.Portable ? 12 : 60); seed++)
        {
            var random = new Random(seed);
            var (shape, runs, others) = (Shape(random), Runs(random), default((int, int)[]));
            others = Others(random, runs, shape.BlockSize);
            var what = $"seed {seed}, {shape}, {string.Join(" ", runs)}, shared {string.Join(" ", others)}";
            using var batch = new AttentionBatch(random, shape, runs, others);
            var kernel = KernelSource.Get(new PagedAttention(shape), set);
            var alone = batch.Run(kernel, batch.Items(1), what);
            var (expected, tolerances) = batch.Expected(set);
            for (var i = 0; i < alone.Length; i++)
            {
                if (Math.Abs(alone[i] - expected[i]) <= tolerances[i]) continue;
                Assert.Fail($"{what}: element {i} is {alone[i]:R}, not {expected[i]:R}");
            }

            foreach (var threads in (int[])[1, 2, 64])
            {
                var together = batch.Run(kernel, threads, what, items);
                var isShared = items.Parts.ToArray().Any(part => part.Tokens > 1);
                if (isShared) shared++;
                else if (items.Parts.Length > 0) split++;
                for (var i = 0; i < alone.Length; i++)
                {
                    if (BitConverter.SingleToInt32Bits(alone[i]) == BitConverter.SingleToInt32Bits(together[i])) continue;
                    Assert.Fail($"{what}, {threads} threads: element {i} is {together[i]:R}, not {alone[i]:R}");
                }
            }
        }

        Assert.True(shared > 5 && split > 0, $"{shared} batches shared, {split} were split");
    }

    private static PagedAttentionShape Shape(Random random)
    {
        var (keyHeads, group) = (random.Next(1, 3), random.Next(1, 5));
        var (size, valueSize) = (8 * random.Next(1, 5), random.Next(3) == 0 ? random.Next(1, 40) : 32 * random.Next(1, 3));
        DType[] types = [DType.F32, DType.F16, DType.BF16, DType.Q8_0];
        var (keys, values) = (types[random.Next(size % 32 == 0 ? 4 : 3)], types[random.Next(valueSize % 32 == 0 ? 4 : 3)]);
        return new PagedAttentionShape(
            group * keyHeads, keyHeads, size, valueSize, 16 * random.Next(1, 4), keys, values,
            random.Next(6) == 0 ? 0 : (float)(1.5 / Math.Sqrt(size)), random.Next(4) == 0 ? random.Next(1, 900) : 0, random.Next(4) == 0 ? 2.5f : 0,
            random.Next(3) == 0, group * keyHeads * size);
    }

    // Most sequences decode; some have a few tokens, or many.
    private static (int Position, int Count)[] Runs(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(2, 8)).Select(_ => (
            random.Next(4) == 0 ? random.Next(200) : random.Next(500, 1500), random.Next(3) == 0 ? random.Next(1, 30) : 1)),
    ];

    // Some blocks of a sequence before, at most those that both have filled before their tokens.
    private static (int Other, int Blocks)[] Others(Random random, (int Position, int Count)[] runs, int blockSize) =>
    [
        .. runs.Select((run, i) =>
        {
            if (i == 0 || random.Next(5) == 0) return (i, 0);
            var other = random.Next(i);
            var most = Math.Min(run.Position, runs[other].Position) / blockSize;
            return (other, random.Next(2) == 0 ? most : random.Next(most + 1));
        }),
    ];
}
