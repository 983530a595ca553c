using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>What a kernel computes, and what is left to the reference backend.</summary>
public class LoweringTests
{
    private static readonly Symbol N = new("n"), Rows = new("rows"), Sequences = new("sequences"), Blocks = new("blocks");
    private static readonly Tensor X = Tensor.Input("x", DType.F32, [N, 32]);
    private static readonly Tensor Ids = Tensor.Input("ids", DType.I32, [N]);

    [Fact]
    public void Products_with_weights_as_they_lie_on_disk_have_kernels()
    {
        Kernels("MatMul", X.MatMul(Weight(8, 32), transposeRight: true));
        Kernels("MatMul", X.Reshape([N, 1, 32]).MatMul(Weight(8, 32), transposeRight: true));
        Reference(X.MatMul(X, transposeRight: true)); // as many columns as a run gives
    }

    [Fact]
    public void Products_of_what_a_run_computes_have_kernels()
    {
        Kernels("RightPacking Product", X.MatMul(Weight(32, 8))); // for as many rows as a run gives
        var (y, weights) = (Tensor.Input("y", DType.F32, [64, 32]), Tensor.Input("w", DType.F32, [8, 32]));
        Kernels("RightPacking Product", y.MatMul(weights, transposeRight: true));
        Kernels("Product", y.Permute(1, 0).MatMul(y));
        Kernels("RightPacking Product", y.MatMul(weights.Cast(DType.BF16), transposeRight: true));
        Kernels("RightPacking Product", y.MatMul(weights.Permute(1, 0).Cast(DType.BF16)));
    }

    [Fact]
    public void Element_wise_operations_of_float32_have_kernels()
    {
        var y = X * 2;
        Kernels("Row", (y + y.Exp()) / y.Sum(-1));
        Kernels("Row", y.LessThan(y * 2).Select(y, y * 3));
        Reference(X.LessThan(X * 2)); // a comparison has no result in memory
        Reference(Tensor.Input("b", DType.Bool, [N, 32]).Select(X, -X), "select");
        Reference(Ids + Ids);
        Reference(X.Cast(DType.F16));
        Reference(X.Reshape([32, N]).Exp()); // rows of a width that a run gives
    }

    [Fact]
    public void Reductions_of_rows_have_kernels()
    {
        Kernels("Row", X.Maximum(1));
        Kernels("Row", X.Sum(-1));
        Kernels("Row", Tensor.Input("y", DType.F32, [N, 16, 4]).Sum(1)); // by additions
        Kernels("AxisReduction", Tensor.Input("y", DType.F32, [N, 17, 4]).Sum(1));
        Kernels("AxisReduction", Tensor.Input("y", DType.F32, [N, 3, 4]).Maximum(1));
        Kernels("AxisReduction", X.Sum(0));
        Kernels("Row", Tensor.Input("y", DType.F32, [70, 1]).Sum(0));
        Reference(Tensor.Input("y", DType.F32, [3, 20, N]).Sum(1)); // of as many columns as a run gives
    }

    [Fact]
    public void Movements_that_cannot_fail_have_kernels()
    {
        Kernels("Movement", X.Permute(1, 0));
        Kernels("Movement", X.Slice(1, 3, 5));
        Kernels("Movement", X.Reshape([N, 1, 32]).Expand([N, 2, 32]));
        Reference(X.Slice(0, 0, 1), "slice"); // there may be no row
        Reference(X.Slice(1, 0, N), "slice");
        Kernels("Concat", Tensor.Concat(1, X, X));
        Kernels("ScatterAdd", X.ScatterAdd(Ids, 5));
        Reference(X.ScatterAdd(Ids + 1, 5), "add", "scatter_add");
        Kernels("Fill", Tensor.Scalar(2).Expand([N, 3]));
        Reference(Tensor.Range(N) + Ids, "iota", "add");
    }

    [Fact]
    public void Rows_are_chosen_by_indices_that_are_checked_or_cannot_be_wrong()
    {
        var (table, top) = (Weight(32, 8), X.TopK(3));
        Kernels("Gather", table.Gather(Ids));
        Kernels("TopK Gather", table.Gather(top));
        Kernels("TopK GatherColumns", X.GatherColumns(top));
        Kernels("TopK", top);
        Reference(table.Gather(Ids + 1), "add", "gather");
        Reference(Weight(31, 8).Gather(top), "gather"); // chosen among 32
        Reference(X.GatherColumns(Tensor.Input("columns", DType.I32, [N, 2])));
        Reference(Tensor.Input("z", DType.F32, [N, 31]).GatherColumns(top), "gather");
        Reference(X.Reshape([32, N]).TopK(3)); // among as many as a run gives
    }

    [Fact]
    public void Experts_are_those_that_a_choice_found()
    {
        var (experts, top) = (Weight(4, 8, 32), Tensor.Input("scores", DType.F32, [N, 4]).TopK(1).Reshape([N]));
        Kernels("TopK ExpertOrder GroupedMatMul", X.GroupedMatMul(experts, top));
        Reference(X.GroupedMatMul(experts, Ids));
        Reference(X.GroupedMatMul(Weight(3, 8, 32), top), "grouped_matmul"); // chosen among four
    }

    [Fact]
    public void Rotary_takes_positions_that_a_run_is_given()
    {
        var (heads, frequencies) = (X.Reshape([N, 4, 8]), Weight(4));
        Kernels("Rotary", heads.Rotary(Ids, frequencies, RotaryLayout.Halves));
        Reference(heads.Rotary(Ids + 1, frequencies, RotaryLayout.Halves), "add", "rotary");
        Reference(heads.Rotary(Ids, Tensor.Input("f", DType.F32, [4]), RotaryLayout.Halves));
    }

    [Fact]
    public void A_cache_is_paged_where_only_attention_reads_it()
    {
        const string Paged = "Cache Cache Attention Attention"; // spans that several share or split, then all
        Tensor keys = Cache("keys"), values = Cache("values");
        Kernels(Paged, Attend(keys, values));
        Kernels(Paged, Attend(Cache("keys", DType.F32), Cache("values", DType.F32)));
        Kernels(Paged, Attend(Cache("keys", DType.F32), Cache("values"))); // of two types
        Reference([Attend(keys, keys)], "store", "attention");
        Reference([Attend(keys, values, blockSize: 8)], "store", "store", "attention");
        Reference([Attend(keys, values), keys], "store", "store", "attention"); // an output is as the graph says
        Reference([Attend(keys, values), keys.Cast(DType.F32)], "store", "store", "attention", "cast");
        Reference([Attend(keys, values, positions: Ids + 1)], "add", "store", "store", "attention");
        // One attention that reads a cache as the graph says decides for all that share it.
        Reference(
            [Attend(keys, values), Attend(keys, values, blockSize: 8)], "store", "store", "attention", "attention");
    }

    private static Tensor Cache(string key, DType type = DType.F16) =>
        Tensor.State(key, type, [Rows, 4, 8]).Store(X.Reshape([N, 4, 8]), Tensor.Input("slots", DType.I32, [N]));

    private static Tensor Attend(Tensor keys, Tensor values, int blockSize = 16, Tensor? positions = null) =>
        X.Reshape([N, 4, 8]).Attend(
            keys, values, positions ?? Ids, Tensor.Input("sequences", DType.I32, [N]),
            Tensor.Input("table", DType.I32, [Sequences, Blocks]), blockSize, 1);

    private static void Kernels(string kinds, Tensor tensor) =>
        Assert.Equal(
            kinds,
            string.Join(' ', Regions(tensor).Select(
                region => region.GetType().Name.Replace("Region", "", StringComparison.Ordinal))));

    private static void Reference(Tensor tensor, params string[] operations) => Reference([tensor], operations);

    // These operations, or else the last one, are the reference backend's.
    private static void Reference(Tensor[] tensors, params string[] operations)
    {
        if (operations.Length == 0) operations = [tensors[0].Node.Op.Name];
        Assert.Equal(
            operations.Order(), Regions(tensors).OfType<ReferenceRegion>().Select(region => region.Nodes[0].Op.Name).Order());
    }

    private static IReadOnlyList<Region> Regions(params Tensor[] tensors) =>
        Plan.Of(new Graph([.. tensors.Select(tensor => tensor.Node)]), InstructionSet.Portable).Regions;

    private static Tensor Weight(params ReadOnlySpan<long> sizes) => Tensor.Weight(TensorData.Zeros(DType.F32, sizes));
}
