using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// A graph made ready to run many times. One run at a time; dispose it when it is needed no more, and before what its weights lie
/// in: threads may read them until the first run, or the disposal.
/// </summary>
public sealed class Executable : IDisposable
{
    private readonly Bindings _bindings;
    private readonly GraphProgram _program;
    private int _isRunning;
    private bool _hasRun;
    private bool _isReporting; // outputs, while it runs
    private bool _isDisposed;

    /// <summary>Makes a graph ready to run.</summary>
    /// <param name="graph">What to compute.</param>
    /// <param name="threads">How many threads may compute, 0 for as many as the process may use.</param>
    /// <param name="instructionSet">
    /// What kernels are made of, by the names of <see cref="ComputeDevice.InstructionSet"/>; null for what that says.
    /// </param>
    /// <exception cref="NotSupportedException">The processor has no such instruction set.</exception>
    public Executable(Graph graph, int threads = 0, string? instructionSet = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var set = instructionSet is null ? Processor.Chosen() : Processor.Named(instructionSet);
        if (threads == 0) threads = ThreadCount.Default;
        graph = RankOrder.Of(graph);
        _bindings = new Bindings(graph);
        // Sizes that no input gives are an error of the run, which names the operation.
        _program = set == InstructionSet.Reference || graph.Nodes.Any(DependsOnUnknownSize)
            ? new ReferenceProgram(graph, _bindings, threads)
            : new CompiledProgram(Plan.Of(graph, set), _bindings, threads);

        bool DependsOnUnknownSize(Node node) => node.Shape.SelectMany(dim => dim.Symbols).Except(_bindings.Symbols).Any();
    }

    /// <summary>Bytes of the memory that the executable keeps for its values.</summary>
    internal long PooledBytes => _program.Bytes;

    /// <summary>
    /// Gives an input or a state its value for the coming runs. The memory stays the caller's: a run reads what is in it then.
    /// </summary>
    /// <remarks>
    /// How a state lies in its memory is the executable's own affair where attention reads it: another one may lay it out
    /// differently. <see cref="LayoutOf"/> says how.
    /// </remarks>
    /// <exception cref="ArgumentException">No input is called so, or type or rank differ.</exception>
    public void Bind(string key, TensorData data) => _bindings.Bind(key, data);

    /// <summary>
    /// How the rows of a state lie in its memory: <c>rows</c> one behind the other, or <c>keys-16</c> or <c>values-16</c> in
    /// parts of sixteen, as docs/cache-layout.md describes them. States of the same type and layout can be read by one another's
    /// executables.
    /// </summary>
    /// <exception cref="ArgumentException">No state is called so.</exception>
    public string LayoutOf(string key) => _program.LayoutOf(_bindings.StateOf(key));

    /// <summary>Computes every output from the bound inputs. The outputs of the run before become invalid.</summary>
    /// <exception cref="InvalidOperationException">
    /// An input is not bound, its sizes contradict another's, or an index is out of range; the message names it. States may then
    /// have been written in part; inputs are untouched, and the executable can run again.
    /// </exception>
    /// <exception cref="OutOfMemoryException">The sizes need more memory than there is; the executable can run again.</exception>
    public void Run() => Compute(null);

    /// <summary>
    /// Computes every output from the bound inputs, and says of each when it is final: so that gradients can be sent elsewhere
    /// while others are computed. The outputs of the run before become invalid.
    /// </summary>
    /// <param name="outputReady">
    /// Called once for each output, with its number, by this thread; <see cref="Output"/> gives outputs that it was called for.
    /// Meanwhile nothing else is computed, so it should only hand the output on. What it throws ends the run.
    /// </param>
    /// <inheritdoc cref="Run()" path="/exception"/>
    public void Run(Action<int> outputReady)
    {
        ArgumentNullException.ThrowIfNull(outputReady);
        Compute(outputReady);
    }

    private void Compute(Action<int>? outputReady)
    {
        Enter();
        try
        {
            (_hasRun, _isReporting) = (false, outputReady is not null);
            _bindings.Check(_program);
            _bindings.Solve();
            _program.Run(outputReady);
            _hasRun = true;
        }
        finally
        {
            _isReporting = false;
            if (!_hasRun) _program.Abandon();
            Volatile.Write(ref _isRunning, 0);
        }
    }

    /// <summary>
    /// Calls a function once for each number, on the threads that compute, this one among them; returns when all calls have.
    /// What the last run gave stays valid. Allocates nothing.
    /// </summary>
    /// <param name="count">How many numbers, from 0 on.</param>
    /// <param name="call">
    /// Calls may come in any order and several at once; they must not wait for one another, nor use this executable but for its
    /// outputs.
    /// </param>
    /// <exception cref="AggregateException">
    /// A call has thrown, as the inner exception says; the others were made all the same.
    /// </exception>
    public void ForEach(int count, Action<int> call)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(call);
        Enter();
        try
        {
            _program.ForEach(count, call);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    /// <summary>An output of the last run. Its elements are valid until the next run begins.</summary>
    /// <exception cref="InvalidOperationException">There was no run, or the last one failed.</exception>
    public TensorData Output(int index)
    {
        if (!_hasRun && !_isReporting)
        {
            throw new InvalidOperationException("there is no output: nothing was run yet, or the last run failed");
        }

        return _program.Output(index);
    }

    /// <summary>Frees the memory of every value. What <see cref="Output"/> returned stays valid.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _hasRun = false;
        _program.Dispose();
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Interlocked.Exchange(ref _isRunning, 1) == 0) return;
        throw new InvalidOperationException("another thread runs this executable; make one for each");
    }
}
