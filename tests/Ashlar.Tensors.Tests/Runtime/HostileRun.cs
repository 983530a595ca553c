using Ashlar.Tensors.Runtime;
using Ashlar.Tensors.Tests.X64;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>
/// A graph with bindings that are right, which are spoilt one by one: each run must fail with an error that says why, change
/// nothing that is bound, and leave an executable that computes the same bits as before.
/// </summary>
internal sealed class HostileRun : IDisposable
{
    private readonly Executable _executable;
    private readonly string _set;
    private readonly Dictionary<string, TensorData> _good;
    private readonly HashSet<string> _states;
    private readonly byte[][] _expected;
    private readonly int _outputs;

    public HostileRun(string set, Graph graph, Dictionary<string, TensorData> good, int threads = 2)
    {
        (_set, _good, _outputs) = (set, good, graph.Outputs.Length);
        Require(set);
        _states = [.. graph.Inputs.Where(node => node.Op is Operations.State).Select(node => Graph.KeyOf(node)!)];
        _executable = new Executable(graph, threads, set);
        _expected = RunWell();
        Assert.Equal(_expected, RunWell());
    }

    /// <summary>Every set that compiles, by name.</summary>
    public static TheoryData<string> Sets { get; } =
        [.. Enum.GetValues<InstructionSet>().Where(set => set != InstructionSet.Reference).Select(Processor.NameOf)];

    /// <summary>Skips the test where the processor has no such set.</summary>
    public static void Require(string set)
    {
        if (set != "portable") InstructionSets.Require(set);
    }

    /// <summary>Runs with one binding replaced.</summary>
    /// <param name="key">Which.</param>
    /// <param name="bad">What it is bound to.</param>
    /// <param name="parts">What the message says, among other things.</param>
    public void Fails(string key, TensorData bad, params ReadOnlySpan<string> parts)
    {
        var before = _good.ToDictionary(pair => pair.Key, pair => pair.Value.AsSpan<byte>().ToArray());
        _executable.Bind(key, bad);
        var error = Assert.ThrowsAny<Exception>(_executable.Run);
        Assert.True(error is InvalidOperationException or InsufficientMemoryException, $"{_set}: {error}");
        foreach (var part in parts) Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => _executable.Output(0));
        foreach (var (name, data) in _good)
        {
            Assert.True(before[name].AsSpan().SequenceEqual(data.AsSpan<byte>()),
                $"{_set}: '{name}' was changed by a bad '{key}'");
        }

        Assert.Equal(_expected, RunWell());
    }

    /// <summary>The same for indices.</summary>
    public void Fails(string key, int[] bad, params ReadOnlySpan<string> parts) =>
        Fails(key, TensorData.From<int>(bad, _good[key].Sizes), parts);

    /// <summary>Runs with one binding replaced by another that is right.</summary>
    public void Runs(string key, TensorData other)
    {
        _executable.Bind(key, other);
        _executable.Run();
        Assert.Equal(_expected, RunWell());
    }

    /// <summary>A binding that is refused at once.</summary>
    public void Refuses(string key, TensorData bad, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => _executable.Bind(key, bad));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(_expected, RunWell());
    }

    public void Dispose() => _executable.Dispose();

    private byte[][] RunWell()
    {
        foreach (var (key, data) in _good)
        {
            if (_states.Contains(key)) data.AsSpan<byte>().Clear();
            _executable.Bind(key, data);
        }

        _executable.Run();
        return [.. Enumerable.Range(0, _outputs).Select(i => _executable.Output(i).AsSpan<byte>().ToArray())];
    }
}
