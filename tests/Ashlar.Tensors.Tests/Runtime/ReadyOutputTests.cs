using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>Outputs that are reported as soon as they are final.</summary>
public sealed class ReadyOutputTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("portable")]
    [InlineData("reference")]
    public void Every_output_is_reported_once_with_what_it_holds_at_the_end(string? set)
    {
        var model = new Passes.TinyLlama(2, 13, 24, 4, 44, 53, 2, 2);
        using var executable = new Executable(model.Graph, 2, set);
        var random = new Random(3);
        foreach (var input in model.Graph.Inputs.DistinctBy(input => Graph.KeyOf(input)))
        {
            executable.Bind(Graph.KeyOf(input)!, model.Fill(input, random));
        }

        for (var run = 0; run < 2; run++)
        {
            var reported = new Dictionary<int, byte[]>();
            var thread = Environment.CurrentManagedThreadId;
            executable.Run(index =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                reported.Add(index, executable.Output(index).AsSpan<byte>().ToArray());
            });
            Assert.Equal(model.Graph.Outputs.Length, reported.Count);
            foreach (var (index, bytes) in reported)
            {
                Assert.True(executable.Output(index).AsSpan<byte>().SequenceEqual(bytes), $"output {index} changed");
            }
        }

        // Of the weights that the forward pass uses last, gradients are there first.
        var order = new List<int>();
        executable.Run(order.Add);
        if (set == "reference") return;
        Assert.True(order.IndexOf(1) > order.Count / 2, $"the embedding's came as number {order.IndexOf(1)} of {order.Count}");
    }

    [Fact]
    public void An_output_that_is_an_input_is_reported_too()
    {
        var x = Tensor.Input("x", DType.F32, [2]);
        using var executable = new Executable(new Graph(x.Node, (x + 1).Node));
        executable.Bind("x", TensorData.From<float>([1, 2]));
        var order = new List<int>();
        executable.Run(order.Add);
        Assert.Equal([0, 1], order.Order());
        Assert.Equal([2f, 3f], executable.Output(1).AsSpan<float>().ToArray());
    }

    [Fact]
    public void What_the_caller_throws_ends_the_run_and_the_next_one_is_as_ever()
    {
        var x = Tensor.Input("x", DType.F32, [2]);
        using var executable = new Executable(new Graph((x + 1).Node));
        executable.Bind("x", TensorData.From<float>([1, 2]));
        Assert.Throws<FormatException>(() => executable.Run(static _ => throw new FormatException()));
        Assert.Throws<InvalidOperationException>(() => executable.Output(0));
        executable.Run();
        Assert.Equal([2f, 3f], executable.Output(0).AsSpan<float>().ToArray());
    }
}
