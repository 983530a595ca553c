using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>Places of values: no two that live at once share a byte, and those that do not share what they can.</summary>
public class MemoryPlanTests
{
    private const long Line = 64;

    [Fact]
    public void Values_whose_lives_meet_do_not_overlap()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            Value[] values = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Between(random))];
            long[] bytes = [.. values.Select(_ => (long)(random.Next(4) switch
            {
                0 => random.Next(3),
                1 => 64 * random.Next(5),
                _ => random.Next(5000),
            }))];
            Check(values, bytes, $"seed {seed}");
        }

        static Value Between(Random random)
        {
            var (first, second) = (random.Next(12), random.Next(12));
            return Living(Math.Min(first, second), Math.Max(first, second));
        }
    }

    [Fact]
    public void Values_of_random_graphs_do_not_overlap_while_any_region_reads_or_writes_them()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new RandomGraph(seed);
            var plan = Plan.Of(random.Graph, InstructionSet.Portable);
            Value[] values = [.. plan.Values.Where(value => value.Storage == Storage.Arena)];
            var sizes = random.Sizes()[0];
            long[] bytes = [.. values.Select(value => value.Bytes.Evaluate(sizes))];
            var offsets = new long[values.Length];
            MemoryPlan.Place(values, bytes, offsets);

            // Who holds each byte is followed level by level, not by the lives that the plan noted.
            var places = values.Select((value, i) => (value, i)).ToDictionary(pair => pair.value, pair => pair.i);
            foreach (var level in plan.Regions.GroupBy(region => region.Level))
            {
                int[] written = [.. level.SelectMany(region => region.Writes)
                    .Where(places.ContainsKey).Select(value => places[value]).Distinct()];
                var later = plan.Regions.Where(region => region.Level >= level.Key)
                    .SelectMany(region => region.Reads).ToHashSet();
                var earlier = plan.Regions.Where(region => region.Level < level.Key)
                    .SelectMany(region => region.Writes).ToHashSet();
                int[] needed = [.. values.Where(value => later.Contains(value) && earlier.Contains(value))
                    .Select(value => places[value])];
                foreach (var target in written)
                {
                    foreach (var other in needed.Concat(written).Where(other => other != target))
                    {
                        var overlap = offsets[target] < offsets[other] + bytes[other]
                            && offsets[other] < offsets[target] + bytes[target];
                        Assert.False(overlap,
                            $"seed {seed}, level {level.Key}: {values[target]} is written over {values[other]}");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_chain_needs_two_of_its_values()
    {
        Value[] chain = [.. Enumerable.Range(0, 100).Select(i => Living(i, i + 1))];
        long[] bytes = [.. Enumerable.Repeat(1000L, chain.Length)];
        Assert.Equal(2 * 1024, Check(chain, bytes, "chain"));
    }

    [Fact]
    public void What_lives_long_is_not_in_the_way_of_what_does_not()
    {
        Value[] values = [Living(0, 9), .. Enumerable.Range(0, 9).Select(i => Living(i, i + 1)), Living(0, 9)];
        long[] bytes = [64, .. Enumerable.Repeat(6400L, 9), 128];
        Assert.Equal(64 + 2 * 6400 + 128, Check(values, bytes, "beside two that stay"));
    }

    [Fact]
    public void A_gap_is_used_where_it_is_large_enough_and_only_there()
    {
        // By size: three of 1024 behind one another; the middle one goes, and what comes then fits its place, or does not.
        Assert.Equal(3 * 1024, Check([Living(0, 3), Living(0, 0), Living(0, 3), Living(2, 3)], [1024, 1024, 1024, 1000], "fits"));
        Assert.Equal(
            2 * 1024 + 2 * 512, Check([Living(0, 3), Living(0, 1), Living(0, 3), Living(1, 3)], [1024, 512, 1024, 512], "meets"));
    }

    [Fact]
    public void Nothing_needs_nothing()
    {
        Assert.Equal(0, Check([], [], "none"));
        Assert.Equal(0, Check([Living(0, 1), Living(1, 2)], [0, 0], "empty"));
    }

    [Fact]
    public void The_arena_of_a_deep_model_is_not_larger_than_that_of_a_shallow_one()
    {
        Assert.Equal(Bytes(4), Bytes(40));

        static long Bytes(int layers)
        {
            var x = Tensor.Input("x", DType.F32, [8, 64]);
            for (var layer = 0; layer < layers; layer++)
            {
                var up = Tensor.Weight(TensorData.Zeros(DType.F32, 256, 64));
                var down = Tensor.Weight(TensorData.Zeros(DType.F32, 64, 256));
                x += x.MatMul(up, transposeRight: true).Tanh().MatMul(down, transposeRight: true);
            }

            var plan = Plan.Of(new Graph(x.Node), InstructionSet.Portable);
            Value[] values = [.. plan.Values.Where(value => value.Storage == Storage.Arena)];
            return MemoryPlan.Place(values, [.. values.Select(value => value.Bytes.Value)], new long[values.Length]);
        }
    }

    private static long Check(Value[] values, long[] bytes, string where)
    {
        var offsets = new long[values.Length];
        Array.Fill(offsets, -1);
        var total = MemoryPlan.Place(values, bytes, offsets);
        long last = 0;
        for (var i = 0; i < values.Length; i++)
        {
            Assert.True(offsets[i] >= 0 && offsets[i] % Line == 0, $"{where}: value {i} lies at {offsets[i]}");
            last = Math.Max(last, offsets[i] + bytes[i]);
            for (var j = 0; j < i; j++)
            {
                var meet = Enumerable.Range(0, 20).Any(level => Lives(values[i], level) && Lives(values[j], level));
                var overlap = offsets[i] < offsets[j] + bytes[j] && offsets[j] < offsets[i] + bytes[i];
                Assert.False(meet && overlap, $"{where}: values {i} and {j} overlap");
            }
        }

        Assert.InRange(total, last, (last + Line - 1) / Line * Line);
        return total;
    }

    private static bool Lives(Value value, int level) => value.FirstLevel <= level && level <= value.LastLevel;

    private static Value Living(int first, int last) =>
        new(0, Tensor.Input("x", DType.F32, [1]).Node, RowForm.F32, null, Storage.Arena) { FirstLevel = first, LastLevel = last };
}
