using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Engine;

/// <summary>
/// The memory of a batch's inputs. It is kept from step to step, so that a step of a size that was seen lately allocates nothing.
/// </summary>
internal sealed class BatchInputs
{
    // Steps of at most this many tokens come again and again; larger ones are parts of prompts.
    private const int LargestKept = 256;

    private readonly Dictionary<(int Tokens, int Outputs), Views> _kept = [];
    // tokens, positions, sequences, slots, outputs, adapters, hidden
    private TensorData _memory = TensorData.Allocate(DType.I32, 0);
    private int _capacity;
    private Views _views = null!;

    public Span<int> Tokens => _views.Tokens.AsSpan<int>();

    public Span<int> Positions => _views.Positions.AsSpan<int>();

    public Span<int> Sequences => _views.Sequences.AsSpan<int>();

    public Span<int> Slots => _views.Slots.AsSpan<int>();

    public Span<int> Outputs => _views.Outputs.AsSpan<int>();

    /// <summary>Only a graph that takes adapters reads them.</summary>
    public Span<int> Adapters => _views.Adapters.AsSpan<int>();

    public Span<int> Hidden => _views.Hidden.AsSpan<int>();

    /// <summary>Makes room for a batch; what was in the memory is lost.</summary>
    public void Resize(int tokens, int outputs, int hidden = 0)
    {
        var most = Math.Max(tokens, Math.Max(outputs, hidden));
        if (most > _capacity)
        {
            _capacity = Math.Max(most, 2 * _capacity);
            _memory = TensorData.Allocate(DType.I32, 7L * _capacity);
            _kept.Clear();
        }

        if (hidden == 0 && _kept.TryGetValue((tokens, outputs), out _views!)) return;
        _views = new Views(
            Part(0, tokens), Part(1, tokens), Part(2, tokens), Part(3, tokens), Part(4, outputs), Part(5, tokens), Part(6, hidden));
        if (most <= LargestKept && hidden == 0) _kept[(tokens, outputs)] = _views;
    }

    /// <summary>Gives the inputs to a graph.</summary>
    /// <param name="executable">The graph.</param>
    /// <param name="hasAdapters">Whether it takes an adapter for each token.</param>
    public void Bind(Executable executable, bool hasAdapters)
    {
        executable.Bind("tokens", _views.Tokens);
        executable.Bind("positions", _views.Positions);
        executable.Bind("sequences", _views.Sequences);
        executable.Bind("slots", _views.Slots);
        executable.Bind("outputs", _views.Outputs);
        if (hasAdapters) executable.Bind("adapters", _views.Adapters);
        executable.Bind("hidden", _views.Hidden);
    }

    private TensorData Part(int index, int length) => _memory.Part((long)index * _capacity, length);

    private sealed record Views(
        TensorData Tokens, TensorData Positions, TensorData Sequences, TensorData Slots, TensorData Outputs,
        TensorData Adapters, TensorData Hidden);
}
