using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Autodiff;

public class AttentionGradientTests
{
    private const int Rows = 16; // of the cache, in blocks of 2
    private readonly Random _random = Kernel.Seeded(Environment.TickCount);

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(2, 0, false)]
    [InlineData(0, 1.5, true)]
    [InlineData(3, 2, true)]
    public void Attention_over_a_paged_cache_agrees_with_differences(int window, double softCap, bool hasSinks)
    {
        var differences = new Differences(_random);
        var (queries, keys, values) = (differences.Leaf(4, 4, 3), differences.Leaf(Rows, 2, 3), differences.Leaf(Rows, 2, 2));
        var sinks = differences.Leaf(4);
        var result = queries.Tensor.Attend(keys, values, Tensor.From<int>([0, 3, 4, 1]), Tensor.From<int>([1, 0, 0, 2]), Table,
            2, 0.7, window, softCap, hasSinks ? sinks.Tensor.Cast(DType.F32) : null);
        Leaf[] leaves = [queries, keys, values];
        differences.Check(result, leaves, [sinks]);
        if (hasSinks) differences.Check(result, 2e-3, [sinks], leaves); // they are F32, so that differences are as rough as that
    }

    [Fact]
    public void What_a_token_does_not_see_may_be_anything()
    {
        var differences = new Differences(_random);
        var (queries, keys, values) = (differences.Leaf(1, 1, 3), differences.Leaf(Rows, 1, 3), differences.Leaf(Rows, 1, 2));
        keys.Data.AsSpan<double>()[..^12].Fill(double.NaN); // all but the last two blocks
        values.Data.AsSpan<double>()[..^8].Fill(double.NaN);
        var table = Tensor.From<int>([7, 6, -1, 9999], 1, 4);
        var result = queries.Tensor.Attend(keys, values, Tensor.From<int>([2]), Tensor.From<int>([0]), table, 2, 1);
        differences.Check(result, [queries], [keys, values]);
    }

    [Fact]
    public void Rows_that_are_stored_have_the_gradient_of_what_reads_them_and_those_before_have_none()
    {
        var differences = new Differences(_random);
        var (queries, keys, values) = (differences.Leaf(3, 2, 3), differences.Leaf(3, 1, 3), differences.Leaf(3, 1, 2));
        var slots = Tensor.From<int>([4, 5, 10]);
        var keyCache = Tensor.State("keys", DType.F64, [Rows, 1, 3]);
        var valueCache = Tensor.State("values", DType.F64, [Rows, 1, 2]);
        var result = queries.Tensor.Attend(keyCache.Store(keys, slots), valueCache.Store(values, slots),
            Tensor.From<int>([0, 1, 0]), Tensor.From<int>([0, 0, 1]), Tensor.From<int>([2, 5], 2, 1), 2, 1);
        Leaf[] states = [State(keyCache), State(valueCache)];
        Leaf[] leaves = [queries, keys, values];
        differences.Check(result, leaves, states);

        // Of the state itself: what was not written over.
        var stored = keyCache.Store(keys, slots).Reshape([Rows * 3]).Sum(0).Gradients(keyCache)[0];
        using var executable = Differences.Bound([stored], [states[0], keys]);
        executable.Run();
        Assert.Equal(
            Enumerable.Range(0, Rows * 3).Select(i => i / 3 is 4 or 5 or 10 ? 0.0 : 1),
            executable.Output(0).AsSpan<double>().ToArray());

        static Leaf State(Tensor state) =>
            new(state, TensorData.Allocate(DType.F64, state.Shape.Evaluate(new Dictionary<Symbol, long>())));
    }

    private static Tensor Table => Tensor.From<int>([3, 0, 5, 1, -1, 99, 7, 2, -5], 3, 3);
}
