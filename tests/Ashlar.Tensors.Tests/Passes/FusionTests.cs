using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>How a graph is cut: what joins, what does not, and that what is cut can run.</summary>
public class FusionTests
{
    private static readonly Symbol N = new("n");
    private static readonly Tensor X = Tensor.Input("x", DType.F32, [N, 64]);

    [Fact]
    public void A_norm_is_one_region_with_what_is_before_and_behind_it() => IsCut(
        """
        0: row(exp mul sum div add sqrt div mul)
        """,
        Norm(X.Exp()));

    [Fact]
    public void A_softmax_is_one_region() => IsCut(
        """
        0: row(maximum sub exp sum div)
        """,
        X.Softmax(-1));

    [Fact]
    public void Products_that_share_their_rows_run_at_once_and_what_follows_joins_all_of_them() => IsCut(
        """
        0: row(mul sum div add sqrt div mul)
        1: matmul matmul
        2: row(neg exp add div mul)
        3: matmul
        4: row(add)
        """,
        FeedForward(X));

    [Fact]
    public void The_residual_joins_the_norm_of_the_next_layer() => IsCut(
        """
        0: row(mul sum div add sqrt div mul)
        1: matmul matmul
        2: row(neg exp add div mul)
        3: matmul
        4: row(add mul sum div add sqrt div mul)
        5: matmul matmul
        6: row(neg exp add div mul)
        7: matmul
        8: row(add)
        """,
        FeedForward(FeedForward(X)));

    [Fact]
    public void Quantized_rows_are_written_by_the_region_that_computes_them()
    {
        var regions = Regions(Norm(X).MatMul(Tensor.Weight(TensorData.Zeros(DType.Q8_0, 8, 64)), transposeRight: true));
        Assert.Equal(["RowRegion", "MatMulRegion"], regions.Select(region => region.GetType().Name));
        Assert.EndsWith(":q8(32:128)", $"{regions[0].Writes.Single()}", StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_other_numbers_or_widths_do_not_join() => IsCut(
        """
        0: row(exp add)
        1: row(exp) row(log)
        """,
        (X.Exp() + 1).Reshape([N, 4, 16]).Exp(), (X.Exp() + 1).Reshape([(Dim)N * 2, 32]).Log());

    [Fact]
    public void A_number_for_each_row_joins_the_rows() => IsCut(
        """
        0: row(exp sum log add)
        """,
        X + X.Exp().Sum(-1).Log());

    [Fact]
    public void A_long_chain_is_cut()
    {
        var y = X;
        for (var i = 0; i < 300; i++) y = y.Tanh();
        var regions = Regions(y);
        Assert.Equal([96, 96, 96, 12], regions.Select(region => region.Nodes.Count));
        Assert.Equal([0, 1, 2, 3], regions.Select(region => region.Level));
    }

    [Fact]
    public void A_value_that_would_wait_for_itself_does_not_join() => IsCut(
        """
        0: row(exp)
        1: matmul
        2: row(add)
        """,
        // exp is needed by the product, so the sum of both cannot be of its region.
        X.Exp() + X.Exp().MatMul(Weight(64, 64), transposeRight: true));

    [Fact]
    public void What_nobody_needs_is_not_computed()
    {
        var rows = X.Reshape([N, 1, 64]).Expand([N, 2, 64]).Reshape([(Dim)N * 2, 64]);
        var top = X.TopK(2).Reshape([(Dim)N * 2]);
        // The rows repeated for their experts are read where they are.
        IsCut(
            """
            0: topk
            1: expertorder
            2: groupedmatmul
            """,
            rows.GroupedMatMul(Tensor.Weight(TensorData.Zeros(DType.F32, 64, 8, 64)), top));
    }

    [Fact]
    public void Attention_begins_when_its_keys_and_values_are_stored()
    {
        Symbol rows = new("rows"), sequences = new("sequences"), blocks = new("blocks");
        var (ids, heads) = (Tensor.Input("ids", DType.I32, [N]), (X * 2).Reshape([N, 4, 16]));
        var keys = Tensor.State("keys", DType.F16, [rows, 4, 16]).Store(heads.Rotary(ids, Weight(8), RotaryLayout.Halves), ids);
        var values = Tensor.State("values", DType.F16, [rows, 4, 16]).Store(heads, ids);
        IsCut(
            """
            0: row(mul)
            1: cache rotary
            2: cache
            3: attention
            """,
            heads.Attend(keys, values, ids, ids, Tensor.Input("table", DType.I32, [sequences, blocks]), 16, 1));
    }

    [Theory]
    [InlineData("portable")]
    [InlineData("avx512-bf16")]
    public void Random_graphs_are_cut_into_regions_that_can_run_in_their_order(string name)
    {
        var set = name == "portable" ? InstructionSet.Portable : InstructionSet.Avx512Bf16;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new RandomGraph(seed);
            var plan = Plan.Of(random.Graph, set);
            var written = new Dictionary<Value, int>(); // the level
            foreach (var region in plan.Regions)
            {
                Assert.All(region.After,
                    before => Assert.True(before.Level < region.Level, $"seed {seed}: runs beside what it waits for"));
                foreach (var value in region.Writes)
                {
                    Assert.True(written.TryAdd(value, region.Level), $"seed {seed}: {value} is written twice");
                    Assert.Equal(region.Level, value.FirstLevel);
                }
            }

            Assert.Equal(plan.Regions.Select(region => region.Level).Order(), plan.Regions.Select(region => region.Level));
            foreach (var region in plan.Regions)
            {
                foreach (var value in region.Reads.Where(value => value.Storage is Storage.Arena or Storage.Output))
                {
                    Assert.True(written[value] < region.Level, $"seed {seed}: {value} is read before it is written");
                    Assert.True(value.LastLevel >= region.Level, $"seed {seed}: {value} is read after its life");
                }
            }

            Assert.All(plan.Outputs, value => Assert.True(
                written.ContainsKey(value) || value.Storage is Storage.Bound or Storage.Fixed,
                    $"seed {seed}: nobody writes {value}"));
        }
    }

    private static Tensor Norm(Tensor x) => x / ((x * x).Mean(-1) + 1e-5).Sqrt() * Weight(64);

    private static Tensor FeedForward(Tensor x)
    {
        var rows = Norm(x);
        var gate = rows.MatMul(Weight(128, 64), transposeRight: true);
        var up = rows.MatMul(Weight(128, 64), transposeRight: true);
        return x + (gate / ((-gate).Exp() + 1) * up).MatMul(Weight(64, 128), transposeRight: true);
    }

    private static Tensor Weight(params ReadOnlySpan<long> sizes) => Tensor.Weight(TensorData.Zeros(DType.F32, sizes));

    private static void IsCut(string expected, params Tensor[] tensors)
    {
        var lines = Regions(tensors).GroupBy(region => region.Level)
            .Select(level => $"{level.Key}: {string.Join(' ', level.Select(KindOf).Order(StringComparer.Ordinal))}");
        Assert.Equal(expected.ReplaceLineEndings("\n"), string.Join('\n', lines));
    }

    private static string KindOf(Region region)
    {
        var name = region.GetType().Name.Replace("Region", "", StringComparison.Ordinal).ToLowerInvariant();
        return region is RowRegion ? $"{name}({string.Join(' ', region.Nodes.Select(node => node.Op.Name))})" : name;
    }

    private static IReadOnlyList<Region> Regions(params Tensor[] tensors) =>
        Plan.Of(new Graph([.. tensors.Select(tensor => tensor.Node)]), InstructionSet.Portable).Regions;
}
