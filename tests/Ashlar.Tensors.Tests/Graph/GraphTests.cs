using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Graphs;

public class GraphTests
{
    private static readonly Symbol Tokens = new("tokens");

    [Fact]
    public void A_very_deep_graph_is_sorted_and_run_without_a_deep_stack()
    {
        const int Depth = 200_000;
        var x = Tensor.Input("x", DType.F32, [2]);
        var y = x;
        for (var i = 0; i < Depth; i++) y = -y;
        var graph = new Graph(y.Node);
        Assert.Equal(Depth + 1, graph.Nodes.Length);
        Assert.Same(x.Node, graph.Nodes[0]);
        using var executable = new Executable(graph);
        executable.Bind("x", TensorData.From<float>([3, -4]));
        executable.Run();
        Assert.Equal([3f, -4f], executable.Output(0).AsSpan<float>().ToArray());
        Assert.True(executable.PooledBytes <= 4096 + 256, $"{executable.PooledBytes} bytes for a chain");
    }

    [Fact]
    public void Inputs_come_before_their_users_and_each_node_once()
    {
        var random = Reference.Kernel.Seeded(70);
        var made = new List<Tensor> { Tensor.Input("x", DType.F32, []) };
        for (var i = 0; i < 500; i++) made.Add(made[random.Next(made.Count)] + made[random.Next(made.Count)]);
        var graph = new Graph([.. made.TakeLast(20).Select(tensor => tensor.Node)]);
        var places = graph.Nodes.Select((node, place) => (node, place)).ToDictionary(pair => pair.node, pair => pair.place);
        Assert.Equal(graph.Nodes.Length, places.Count);
        Assert.All(graph.Nodes, node => Assert.All(node.Inputs, input => Assert.True(places[input] < places[node])));
        Assert.All(graph.Outputs, output => Assert.Contains(output, places));
    }

    [Fact]
    public void A_graph_is_written_as_one_line_a_node()
    {
        var x = Tensor.Input("x", DType.F32, [Tokens, 4]);
        var y = (x.Named("hidden") * 2).Sum(-1).Named("total\nof \"x\"");
        Assert.Equal(
            """
            %0 = input                                       F32 (tokens, 4)  # hidden
            %1 = constant[2]                                 F32 ()
            %2 = mul %0 %1                                   F32 (tokens, 4)
            %3 = sum[axis -1] %2                             F32 (tokens, 1)  # total of "x"
            return %3 %2

            """,
            new Graph(y.Node, y.Node.Inputs[0]).ToText());
    }

    [Fact]
    public void A_graph_is_written_for_Graphviz()
    {
        var x = Tensor.Input("x", DType.F32, [Tokens]);
        var y = (-x).Named("minus \"x\"\\");
        Assert.Equal(
            """
            digraph {
              node [shape=box, fontname="monospace"];
              n0 [label="x\ninput\nF32 (tokens)", style=filled, fillcolor="#e8eef7"];
              n1 [label="minus \"x\"\\\nneg\nF32 (tokens)"];
              n0 -> n1;
              n1 [peripheries=2];
            }

            """,
            new Graph(y.Node).ToGraphviz());
    }

    [Fact]
    public void A_realized_value_is_a_leaf()
    {
        var x = Tensor.From<float>([1, 2]) + 1;
        x.Realize();
        Assert.Equal("%0 = realized                                    F32 (2)\nreturn %0\n", new Graph(x.Node).ToText());
    }

    [Fact]
    public void One_key_names_one_value()
    {
        var (a, b) = (Tensor.Input("x", DType.F32, [4]), Tensor.Input("x", DType.F32, [5]));
        Assert.Contains(
            "two values have the key 'x'", Assert.Throws<ShapeException>(() => new Graph(a.Sum(0).Node, b.Node)).Message,
            StringComparison.Ordinal);
        var (s, t) = (Tensor.State("s", DType.F32, [4]), Tensor.State("s", DType.F32, [4]));
        Assert.Throws<ShapeException>(() => new Graph(s.Node, t.Node));
        Assert.Equal(2, new Graph(a.Node, a.Named("y").Node).Nodes.Length); // the same input under two labels is one value
    }

    [Fact]
    public void One_name_is_one_symbol()
    {
        var (a, b) = (Tensor.Input("a", DType.F32, [Tokens]), Tensor.Input("b", DType.F32, [new Symbol("tokens", Max: 8)]));
        Assert.Contains(
            "called 'tokens'", Assert.Throws<ShapeException>(() => new Graph(a.Node, b.Node)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_is_written_is_read_through_the_store()
    {
        var state = Tensor.State("cache", DType.F32, [8, 2]);
        var (rows, indices) = (Tensor.Input("rows", DType.F32, [3, 2]), Tensor.Input("indices", DType.I32, [3]));
        var stored = state.Store(rows, indices);
        Assert.Equal(4, new Graph(stored.Node).Nodes.Length);
        AssertRefused(stored, state.Sum(0)); // before or after?
        AssertRefused(stored, state.Store(rows * 2, indices)); // which wins?
        AssertRefused(stored, state); // the output would show the write
        AssertRefused(state.Reshape([16]).Gather(indices), stored);
        AssertRefused(state.Store(state, Tensor.Range(8))); // reads what it overwrites
        AssertRefused(state.Store(state.Reshape([8, 2, 1]).Reshape([8, 2]), Tensor.Range(8)));
        Assert.NotNull(new Graph(stored.Store(rows * 2, indices).Sum(0).Node)); // one after the other
    }

    [Fact]
    public void A_state_may_be_read_for_what_is_then_stored()
    {
        // A recurrence: the new state depends on the old one, so that the old is surely read first.
        var state = Tensor.State("state", DType.F32, [4, 2]);
        var indices = Tensor.Input("indices", DType.I32, [1]);
        var next = state.Gather(indices) * 2 + 1;
        using var executable = new Executable(new Graph(state.Store(next, indices).Node, next.Node));
        var data = TensorData.From<float>([0, 0, 1, 2, 0, 0, 0, 0], 4, 2);
        executable.Bind("state", data);
        executable.Bind("indices", TensorData.From<int>([1]));
        for (var i = 0; i < 3; i++) executable.Run();
        Assert.Equal([0f, 0, 15, 23, 0, 0, 0, 0], data.AsSpan<float>().ToArray());
    }

    private static void AssertRefused(params Tensor[] outputs) =>
        Assert.Contains("use the store's result instead",
            Assert.Throws<ShapeException>(() => new Graph([.. outputs.Select(output => output.Node)]))
                .Message, StringComparison.Ordinal);
}
