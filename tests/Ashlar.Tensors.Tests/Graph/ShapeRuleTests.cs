using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Tests.Graphs;

/// <summary>Every operation refuses what does not fit it, naming itself, its inputs and their shapes.</summary>
public class ShapeRuleTests
{
    private static readonly Symbol Tokens = new("tokens");

    public static TheoryData<string, string> Wrong => new()
    {
        { "binary types", "add of 'x' F32 (4) and 'i' I32 (4): element types differ" },
        { "binary shapes", "mul of 'x' F32 (4) and 'y' F32 (tokens): shapes do not broadcast" },
        { "binary half", "add of 'h' F16 (4) and 'h' F16 (4): does not take F16" },
        { "power of whole", "pow of 'i' I32 (4) and 'i' I32 (4): does not take I32" },
        { "unary half", "exp of 'h' F16 (4): does not take F16" },
        { "unary whole", "sin of 'i' I32 (4): does not take I32" },
        { "select condition", "select of 'x' F32 (4), 'x' F32 (4) and 'x' F32 (4): the condition must be Bool" },
        { "select types", "select of 'b' Bool (4), 'x' F32 (4) and 'i' I32 (4): the alternatives must be of one type" },
        { "select shapes", "select of 'b' Bool (4), 'x' F32 (4) and 'y' F32 (tokens): shapes do not broadcast" },
        { "cast", "cast[Q4_0] of 'x' F32 (4): cannot make Q4_0" },
        { "constant", "constant[0.5]: does not fit I32" },
        { "constant type", "constant[1]: cannot be of type F16" },
        { "reduce type", "sum[axis 0] of 'i' I32 (4): does not take I32" },
        { "reduce axis", "maximum[axis 1] of 'x' F32 (4): has no axis 1" },
        { "reduce scalar", "sum[axis -1] of constant F32 (): has no axis -1" },
        { "top k", "top_k[5] of 'x' F32 (4): cannot choose 5" },
        { "top k none", "top_k[0] of 'x' F32 (4): cannot choose 0" },
        { "top k scalar", "top_k[1] of constant F32 (): takes at least one axis" },
        { "reshape", "reshape of 'm' F32 (tokens, 512): cannot become (tokens, 8, 63)" },
        { "reshape negative", "reshape of 'x' F32 (4): (-2, -2) has a negative size" },
        { "reshape blocks", "reshape of 'q' Q4_0 (8, 64): cannot reshape a block format" },
        { "permute", "permute[0 0] of 'm' F32 (tokens, 512): must name every axis once" },
        { "permute few", "permute[0] of 'm' F32 (tokens, 512): must name every axis once" },
        { "slice past", "slice[axis 0, 3 from 2] of 'x' F32 (4): reaches past the end of axis 0" },
        { "slice start", "slice[axis 0, 3 from -1] of 'x' F32 (4): starts before the first element" },
        { "slice length", "slice[axis 0, -1 from 2] of 'x' F32 (4): (-1) has a negative size" },
        { "slice overflow",
            "slice[axis 0, 9223372036854775807 from 9223372036854775807] of 'x' F32 (4): the sizes do not fit 63 bits" },
        { "concat types", "concat[axis 0] of 'x' F32 (4) and 'i' I32 (4): element types differ" },
        { "concat sizes", "concat[axis 0] of 'm' F32 (tokens, 512) and 'w' F32 (512, 8): sizes differ beside axis 0" },
        { "concat ranks", "concat[axis 0] of 'm' F32 (tokens, 512) and 'x' F32 (4): sizes differ beside axis 0" },
        { "concat none", "concat[axis 0]: takes at least one input" },
        { "expand", "expand of 'x' F32 (4): cannot stretch to (8)" },
        { "gather index", "gather of 'm' F32 (tokens, 512) and 'x' F32 (4): the indices must be I32" },
        { "gather scalar", "gather of constant F32 () and 'i' I32 (4): the table needs an axis" },
        { "gather columns",
            "gather[1 shared] of 'm' F32 (tokens, 512) and 'i' I32 (4): table and indices differ in the axes that they share" },
        { "scatter", "scatter_add[9 rows] of 'm' F32 (tokens, 512) and 'i' I32 (4): there must be a row for every index" },
        { "scatter negative", "scatter_add[-1 rows] of 'x' F32 (4) and 'i' I32 (4): (-1) has a negative size" },
        { "range negative", "iota[-1]: (-1) has a negative size" },
        { "store input", "store of 'x' F32 (4), 'x' F32 (4) and 'i' I32 (4): writes only into a state" },
        { "store rows", "store of 's' F32 (9, 4), 'x' F32 (4) and 'i' I32 (4): the values must be one row" },
        { "store type", "store of 's' F32 (9, 4), 'h' F16 (4) and 'i' I32 (4): cannot write F16 into F32" },
        { "matmul inner", "matmul of 'm' F32 (tokens, 512) and 'm' F32 (tokens, 512): inner sizes 512 and tokens differ" },
        { "matmul vector", "matmul[right transposed] of 'm' F32 (tokens, 512) and 'x' F32 (4): takes at least two axes" },
        { "matmul types", "matmul of 'm' F32 (tokens, 512) and 'd' F64 (512, 8): cannot multiply F32 by F64" },
        { "matmul blocks",
            "matmul of 'm' F32 (tokens, 512) and 'q' Q4_0 (8, 64): a block format is multiplied only as (n, k), transposed" },
        { "matmul batches", "matmul of 'b2' F32 (2, 3, 4) and 'b5' F32 (5, 4, 3): leading sizes differ" },
        { "grouped",
            "grouped_matmul of 'm' F32 (tokens, 512), 'b2' F32 (2, 3, 4) and 'i' I32 (4): inner sizes 512 and 4 differ" },
        { "rotary pairs",
            "rotary[interleaved] of 'b2' F32 (2, 3, 4), 'p' I32 (2) and 'x' F32 (4): takes at most one F32 frequency" },
        { "rotary positions",
            "rotary[halves] of 'b2' F32 (2, 3, 4), 'i' I32 (4) and 'f' F32 (2): takes one I32 position for every token" },
        { "attention heads", "the heads are no multiple of the key heads" },
        { "attention size", "queries and keys differ in head size" },
        { "attention sinks", "takes one F32 sink for every head" },
        { "attention block", "a block has at least one position" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_inputs_are_refused_by_name(string rule, string message) =>
        Assert.Contains(message, Assert.Throws<ShapeException>(() => Make(rule)).Message, StringComparison.Ordinal);

    private static Tensor Make(string rule)
    {
        var x = Tensor.Input("x", DType.F32, [4]);
        var y = Tensor.Input("y", DType.F32, [Tokens]);
        var i = Tensor.Input("i", DType.I32, [4]);
        var p = Tensor.Input("p", DType.I32, [2]);
        var f = Tensor.Input("f", DType.F32, [2]);
        var h = Tensor.Input("h", DType.F16, [4]);
        var b = Tensor.Input("b", DType.Bool, [4]);
        var m = Tensor.Input("m", DType.F32, [Tokens, 512]);
        var w = Tensor.Input("w", DType.F32, [512, 8]);
        var d = Tensor.Input("d", DType.F64, [512, 8]);
        var q = Tensor.Input("q", DType.Q4_0, [8, 64]);
        var b2 = Tensor.Input("b2", DType.F32, [2, 3, 4]);
        var b5 = Tensor.Input("b5", DType.F32, [5, 4, 3]);
        var s = Tensor.State("s", DType.F32, [9, 4]);
        var scalar = Tensor.Scalar(1);
        var keys = Tensor.State("keys", DType.F32, [9, 2, 4]);
        var table = Tensor.Input("table", DType.I32, [1, 2]);
        return rule switch
        {
            "binary types" => x + i,
            "binary shapes" => x * y,
            "binary half" => h + h,
            "power of whole" => i.Pow(i),
            "unary half" => h.Exp(),
            "unary whole" => i.Sin(),
            "select condition" => x.Select(x, x),
            "select types" => b.Select(x, i),
            "select shapes" => b.Select(x, y),
            "cast" => x.Cast(DType.Q4_0),
            "constant" => i * 0.5,
            "constant type" => h + 1,
            "reduce type" => i.Sum(0),
            "reduce axis" => x.Maximum(1),
            "reduce scalar" => scalar.Sum(-1),
            "top k" => x.TopK(5),
            "top k none" => x.TopK(0),
            "top k scalar" => scalar.TopK(1),
            "reshape" => m.Reshape([Tokens, 8, 63]),
            "reshape negative" => x.Reshape([-2, -2]),
            "reshape blocks" => q.Reshape([512]),
            "permute" => m.Permute(0, 0),
            "permute few" => m.Permute(0),
            "slice past" => x.Slice(0, 2, 3),
            "slice start" => x.Slice(0, -1, 3),
            "slice length" => x.Slice(0, 2, -1),
            "slice overflow" => x.Slice(0, long.MaxValue, long.MaxValue),
            "concat types" => Tensor.Concat(0, x, i),
            "concat sizes" => Tensor.Concat(0, m, w),
            "concat ranks" => Tensor.Concat(0, m, x),
            "concat none" => Tensor.Concat(0),
            "expand" => x.Expand([8]),
            "gather index" => m.Gather(x),
            "gather scalar" => scalar.Gather(i),
            "gather columns" => m.GatherColumns(i),
            "scatter" => m.ScatterAdd(i, 9),
            "scatter negative" => x.ScatterAdd(i, -1),
            "range negative" => Tensor.Range(-1),
            "store input" => x.Store(x, i),
            "store rows" => s.Store(x, i),
            "store type" => s.Store(h, i),
            "matmul inner" => m.MatMul(m),
            "matmul vector" => m.MatMul(x, transposeRight: true),
            "matmul types" => m.MatMul(d),
            "matmul blocks" => m.MatMul(q),
            "matmul batches" => b2.MatMul(b5),
            "grouped" => m.GroupedMatMul(b2, i),
            "rotary pairs" => b2.Rotary(p, x, RotaryLayout.Interleaved),
            "rotary positions" => b2.Rotary(i, f, RotaryLayout.Halves),
            "attention heads" => b2.Attend(keys, keys, p, p, table, 4, 1),
            "attention size" => b5.Attend(keys, keys, p, p, table, 4, 1),
            "attention sinks" => b2.Slice(1, 0, 2).Attend(keys, keys, p, p, table, 4, 1, sinks: x),
            "attention block" => b2.Slice(1, 0, 2).Attend(keys, keys, p, p, table, 0, 1),
            _ => throw new ArgumentException(rule),
        };
    }

    [Fact]
    public void Heads_fold_into_the_width_and_back_whatever_the_number_of_tokens()
    {
        var wide = Tensor.Input("x", DType.F32, [Tokens, 8 * 64]);
        var heads = wide.Reshape([Tokens, 8, 64]);
        Assert.Equal([Tokens, 8, 64], heads.Shape);
        Assert.Equal(wide.Shape, heads.Reshape([Tokens, 8 * 64]).Shape);
        Assert.Equal([8 * (Dim)Tokens, 64], heads.Reshape([8 * (Dim)Tokens, 64]).Shape);
        Assert.Same(wide, wide.Reshape(wide.Shape));
    }

    [Fact]
    public void Results_have_the_shapes_that_the_documentation_gives()
    {
        var x = Tensor.Input("x", DType.F32, [Tokens, 16]);
        Assert.Equal([Tokens, 1], x.Sum(-1).Shape);
        Assert.Equal([1, 16], x.Maximum(0).Shape);
        Assert.Equal([16, Tokens], x.Permute(1, 0).Shape);
        Assert.Equal([2 * (Dim)Tokens + 3, 16], Tensor.Concat(0, x, x, Tensor.Input("y", DType.F32, [3, 16])).Shape);
        Assert.Equal([(Dim)Tokens - 1, 16], x.Slice(0, 1, (Dim)Tokens - 1).Shape);
        Assert.Equal((DType.I32, Of(Tokens, 4)), (x.TopK(4).Type, x.TopK(4).Shape));
        Assert.Equal([Tokens, 32], x.MatMul(Tensor.Input("w", DType.Q8_0, [32, 16]), transposeRight: true).Shape);
        Assert.Equal((DType.F32, Of(Tokens, 2, 64)), (Gathered().Type, Gathered().Shape));

        static Shape Of(params ReadOnlySpan<Dim> dims) => Shape.Create(dims);
        static Tensor Gathered() =>
            Tensor.Input("table", DType.Q4_0, [100, 64]).Gather(Tensor.Input("ids", DType.I32, [Tokens, 2]));
    }

    [Fact]
    public void Every_operation_refuses_a_wrong_number_of_inputs()
    {
        var node = Tensor.Scalar(1).Node;
        foreach (var op in new Op[] { new Unary(UnaryFunction.Negate), new Binary(BinaryFunction.Add), new Select(),
            new Cast(DType.F32), new Reduce(ReduceFunction.Sum, 0), new TopK(1), new Reshape([]), new Permute([]),
            new Slice(0, 0, 1), new Expand([]), new Gather(), new ScatterAdd(1), new Store(), new MatMul(false),
            new GroupedMatMul(), new Rotary(RotaryLayout.Halves), new Attention(1, 1),
            new Attention(1, 1, HasSinks: true) })
        {
            Assert.Contains("takes", Assert.Throws<ShapeException>(() => new Node(op, [])).Message, StringComparison.Ordinal);
            Assert.Contains(
                "not 9", Assert.Throws<ShapeException>(() => new Node(op, Enumerable.Repeat(node, 9).ToArray())).Message,
                StringComparison.Ordinal);
        }

        foreach (var leaf in new Op[] { new Constant(1, DType.F32), new Iota(3), new Input("x", DType.F32, []),
            new State("x", DType.F32, []) })
        {
            Assert.Contains(
                "takes 0 inputs, not 1", Assert.Throws<ShapeException>(() => new Node(leaf, [node])).Message,
                StringComparison.Ordinal);
        }
    }
}
