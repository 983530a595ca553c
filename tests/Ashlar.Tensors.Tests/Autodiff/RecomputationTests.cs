using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;
using Kernel = Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Autodiff;

public class RecomputationTests
{
    private const int Layers = 6, Rows = 96, Width = 32;

    [Theory]
    [InlineData("reference", 0.8)]
    [InlineData(null, 0.75)]
    public void Values_that_are_computed_twice_give_the_same_bits_in_less_memory(string? set, double share)
    {
        var stack = new LayerStack();
        var (plain, plainBytes) = Run(stack.Loss.Gradients(stack.Parameters), set);
        var (again, lessBytes) = Run(stack.Loss.Gradients(stack.Parameters, stack.Residuals), set);
        Assert.Equal(plain, again);
        Assert.Contains(plain[0], value => value != 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{plainBytes} bytes, {lessBytes} with values computed twice");
        Assert.True(lessBytes < share * plainBytes, $"{lessBytes} bytes where all is kept in {plainBytes}");
    }

    [Fact]
    public void All_segments_but_the_last_are_computed_twice_and_stay_so_in_the_simplified_graph()
    {
        var stack = new LayerStack();
        Assert.Equal(Layers, Tanhs(stack.Loss.Gradients(stack.Parameters)));
        // The residuals before each layer and behind the last are kept; only the loss comes after the last.
        Assert.Equal(2 * Layers, Tanhs(stack.Loss.Gradients(stack.Parameters, stack.Residuals)));
        Assert.Equal(2 * Layers - 1, Tanhs(stack.Loss.Gradients(stack.Parameters, stack.Residuals.AsSpan()[..^1])));
        Assert.Equal(Layers, Tanhs(stack.Loss.Gradients(stack.Parameters, [Tensor.Scalar(1)]))); // not of this graph

        static int Tanhs(Tensor[] gradients) =>
            new Graph([.. gradients.Select(gradient => gradient.Node)]).Simplify()
                .Nodes.Count(node => node.Op is Unary { Function: UnaryFunction.HyperbolicTangent });
    }

    [Fact]
    public void Every_choice_of_kept_values_gives_the_same_bits()
    {
        var random = Kernel.Seeded(Environment.TickCount);
        var stack = new LayerStack();
        var inner = new Graph(stack.Loss.Node).Nodes.Where(node => node.Inputs.Length > 0).ToArray();
        var expected = Run(stack.Loss.Gradients(stack.Parameters), "reference").Values;
        for (var round = 0; round < 6; round++)
        {
            Tensor[] kept = [.. inner.Where(_ => random.Next(6) == 0).Select(node => new Tensor(node))];
            Assert.Equal(expected, Run(stack.Loss.Gradients(stack.Parameters, kept), "reference").Values);
        }
    }

    [Fact]
    public void A_long_segment_is_computed_again_without_recursion()
    {
        var x = Tensor.From<double>([1]);
        var first = x * 1;
        var y = first;
        for (var i = 0; i < 30_000; i++) y = y.Sin();
        var kept = y * 1;
        Assert.Equal(
            (kept * kept).Sum(0).Gradients(x)[0].Node.Shape, (kept * kept).Sum(0).Gradients([x], [first, kept])[0].Node.Shape);
    }

    private static (float[][] Values, long Bytes) Run(Tensor[] gradients, string? set)
    {
        using var executable = new Executable(new Graph([.. gradients.Select(gradient => gradient.Node)]), 1, set);
        var random = new Random(1);
        foreach (var input in new Graph([.. gradients.Select(gradient => gradient.Node)]).Inputs)
        {
            var data = TensorData.Allocate(input.Type, input.Shape.Evaluate(new Dictionary<Symbol, long>()));
            foreach (ref var value in data.AsSpan<float>()) value = random.NextSingle() - 0.5f;
            executable.Bind(Graph.KeyOf(input)!, data);
        }

        executable.Run();
        return ([.. gradients.Select((_, i) => executable.Output(i).AsSpan<float>().ToArray())], executable.PooledBytes);
    }

    // x + tanh(norm(x) W + mask) U for each layer, and the mean square of the last.
    private sealed class LayerStack
    {
        public LayerStack()
        {
            var x = Tensor.Input("x", DType.F32, [Rows, Width]);
            var mask = (Tensor.Range(Width).Cast(DType.F32) * 0.01).Sin();
            var parameters = new List<Tensor>();
            var residuals = new List<Tensor>();
            for (var layer = 0; layer < Layers; layer++)
            {
                residuals.Add(x *= 1.5);
                var (w, u) = (Matrix($"w{layer}"), Matrix($"u{layer}"));
                var normed = x * ((x * x).Mean(-1) + 1e-5).Sqrt().Reciprocal();
                x += (normed.MatMul(w) + mask).Tanh().MatMul(u);
            }

            residuals.Add(x *= 1.5);
            Loss = (x * x).Reshape([Rows * Width]).Sum(0);
            parameters.Reverse(); // the reference backend computes in the order of the outputs, and the last gradients come first
            (Parameters, Residuals) = ([.. parameters], [.. residuals]);

            Tensor Matrix(string name)
            {
                parameters.Add(Tensor.Input(name, DType.F32, [Width, Width]));
                return parameters[^1];
            }
        }

        public Tensor Loss { get; }

        public Tensor[] Parameters { get; }

        public Tensor[] Residuals { get; }
    }
}
