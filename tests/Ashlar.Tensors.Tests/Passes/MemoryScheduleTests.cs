using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>Graphs of constant sizes are run in an order that keeps little in memory.</summary>
public sealed class MemoryScheduleTests
{
    private const int Tokens = 256, Width = 16, Vocabulary = 1024;

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void A_loss_in_chunks_takes_the_memory_of_one(int chunks)
    {
        var bytesOfChunk = (long)Tokens / chunks * Vocabulary * sizeof(float);
        var all = Bytes(chunks);
        // Logits and their gradient, and what does not depend on the number of chunks.
        var other = (4 * Tokens + 2 * Vocabulary) * Width * sizeof(float);
        Assert.InRange(all, bytesOfChunk, 2 * bytesOfChunk + other);
    }

    [Fact]
    public void A_layer_that_is_computed_again_is_not_kept()
    {
        Assert.True(BytesOfChain(12, again: true) * 2 < BytesOfChain(12, again: false));
    }

    [Fact]
    public void Regions_run_after_all_that_they_wait_for()
    {
        var model = new TinyLlama(2, 13, 24, 4, 44, 53, 3, 2);
        var plan = Plan.Of(model.Graph, Processor.Chosen());
        foreach (var region in plan.Regions)
        {
            Assert.All(region.After, before => Assert.True(before.Level < region.Level));
            foreach (var value in region.Reads.Where(value => value.Storage is Storage.Arena or Storage.Output))
            {
                Assert.True(value.FirstLevel <= region.Level && value.LastLevel >= region.Level);
            }
        }
    }

    [Fact]
    public void Products_that_are_added_are_added_in_the_place_of_the_first()
    {
        var (x, y) = (Tensor.Input("x", DType.F32, [40, 30]), Tensor.Input("y", DType.F32, [40, 20]));
        var sum = Part(0) + Part(1) + Part(2);
        var regions = Plan.Of(new Graph(sum.Node), InstructionSet.Portable).Regions;
        Assert.Equal(3, regions.Count(region => region is ProductRegion));
        Assert.DoesNotContain(regions, region => region is RowRegion);

        Tensor Part(int part) => x.Slice(0, 10 * part, 10).Permute(1, 0).MatMul(y.Slice(0, 10 * part, 10));
    }

    private static long Bytes(int chunks)
    {
        var (rows, weights) = (Tensor.Input("x", DType.F32, [Tokens, Width]), Tensor.Input("w", DType.F32, [Vocabulary, Width]));
        var x = rows * 2;
        var targets = Tensor.Input("targets", DType.I32, [Tokens]);
        Tensor? loss = null;
        for (var (start, size) = (0, Tokens / chunks); start < Tokens; start += size)
        {
            var logits = x.Slice(0, start, size).MatMul(weights, transposeRight: true);
            var largest = logits.Maximum(-1).Detach();
            var total = (logits - largest).Exp().Sum(-1).Log() + largest;
            var ids = Tensor.Range(Vocabulary).Reshape([1, Vocabulary]);
            var isTarget = targets.Slice(0, start, size).Reshape([size, 1]).EqualTo(ids);
            var part = (total - isTarget.Select(logits, Tensor.Scalar(0)).Sum(-1)).Sum(0);
            loss = loss is null ? part : loss + part;
        }

        return ArenaBytes([loss!, .. loss!.Gradients(rows, weights)]);
    }

    // Squares of many numbers, of which a gradient needs every one.
    private static long BytesOfChain(int layers, bool again)
    {
        var x = Tensor.Input("x", DType.F32, [64, 64]);
        var weights = Enumerable.Range(0, layers).Select(i => Tensor.Input($"w{i}", DType.F32, [64, 64])).ToArray();
        var inputs = new List<Tensor> { x };
        foreach (var weight in weights) inputs.Add(Layer(inputs[^1], weight));
        var upstream = inputs[^1] * 2;
        var gradients = new List<Tensor>();
        for (var i = layers - 1; i >= 0; i--)
        {
            var input = again ? inputs[i].After(upstream) : inputs[i];
            var wide = Wide(input, weights[i]);
            gradients.Add((upstream * wide.Slice(1, 32, 64)).Sum(0));
            gradients.Add(wide.Sum(0));
            upstream = upstream.MatMul(weights[i], transposeRight: true);
        }

        return ArenaBytes([.. gradients]);

        static Tensor Wide(Tensor x, Tensor weight) => Tensor.Concat(1, [.. Enumerable.Repeat(x.MatMul(weight), 8)]);
        static Tensor Layer(Tensor x, Tensor weight) => Wide(x, weight).Slice(1, 96, 64) * 0.1;
    }

    private static long ArenaBytes(Tensor[] outputs)
    {
        var plan = Plan.Of(new Graph([.. outputs.Select(output => output.Node)]), InstructionSet.Portable);
        var values = plan.Values.Where(value => value.Storage == Storage.Arena).ToArray();
        var bytes = values.Select(value => value.Bytes.Value).ToArray();
        return MemoryPlan.Place(values, bytes, new long[bytes.Length]);
    }
}
