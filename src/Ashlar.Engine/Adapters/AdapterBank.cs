using Ashlar.Models.Adapters;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Engine.Adapters;

/// <summary>
/// The memory that adapters' matrices lie in, a place for each: a step reads those that its tokens name, and no other. Whoever
/// writes a place makes sure that no step names it. A place costs memory once it is used.
/// </summary>
internal sealed class AdapterBank
{
    private const int Group = 8, Panel = 16; // inner rows of the first matrix, and outputs of the second, that lie together

    private readonly int _rank;
    private readonly Dictionary<string, States> _layers = new(StringComparer.Ordinal);

    /// <param name="executable">The graph made ready; its states are bound here.</param>
    /// <param name="layers">The layers that take adapters.</param>
    /// <param name="capacity">How many places there are, and how large.</param>
    public AdapterBank(Executable executable, IReadOnlyList<AdaptedLayer> layers, AdapterCapacity capacity)
    {
        _rank = capacity.Rank;
        foreach (var layer in layers)
        {
            var panels = (layer.Outputs + Panel - 1) / Panel;
            var states = new States(
                TensorData.Zeros(DType.F32, capacity.Choices, _rank / Group, layer.Inputs, Group),
                TensorData.Zeros(DType.F32, capacity.Choices, panels, _rank, Panel),
                TensorData.Zeros(DType.I32, capacity.Choices));
            executable.Bind(layer.Down, states.Down);
            executable.Bind(layer.Up, states.Up);
            executable.Bind(layer.Ranks, states.Ranks);
            _layers.Add(layer.Name, states);
        }
    }

    /// <summary>Puts an adapter into a place, in place of what was there.</summary>
    /// <param name="place">The number that tokens name, 1 or more.</param>
    /// <param name="adapter">An adapter of the model, of a rank that fits.</param>
    public void Write(int place, LoraAdapter adapter)
    {
        foreach (var (name, states) in _layers)
        {
            states.Ranks.AsSpan<int>()[place] = 0;
            if (adapter.Layers.TryGetValue(name, out var matrices)) states.Write(place, matrices);
        }
    }

    private sealed record States(TensorData Down, TensorData Up, TensorData Ranks)
    {
        public unsafe void Write(int place, LoraMatrices matrices)
        {
            var rank = matrices.Rank;
            var (perDown, perUp) = (Down.Elements / Down.Sizes[0], Up.Elements / Up.Sizes[0]);
            var down = new Span<float>((float*)Down.Pointer + place * perDown, checked((int)perDown));
            var up = new Span<float>((float*)Up.Pointer + place * perUp, checked((int)perUp));
            var from = matrices.Down.Span;
            var width = (int)Down.Sizes[2];
            for (var inner = 0; inner < rank; inner++)
            {
                var group = down[(inner / Group * width * Group)..];
                for (var k = 0; k < width; k++) group[k * Group + inner % Group] = from[inner * width + k];
            }

            from = matrices.Up.Span;
            var stride = (int)Up.Sizes[2] * Panel; // of a panel
            for (var i = 0; i < from.Length; i++)
            {
                var (output, inner) = (i / rank, i % rank);
                up[output / Panel * stride + inner * Panel + output % Panel] = from[i];
            }

            Ranks.AsSpan<int>()[place] = rank;
        }
    }
}
