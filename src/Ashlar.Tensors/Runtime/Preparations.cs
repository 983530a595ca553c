using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// What the kernels of a plan need that depends on a run's inputs and is the same for all layers; and the checks without which no
/// kernel may use them.
/// </summary>
internal sealed unsafe class Preparations : IDisposable
{
    private readonly Bindings _bindings;
    private readonly List<(Preparation Kind, AttentionItems? Items, RotaryAngles? Angles)> _known = [];
    private readonly List<CacheUse> _uses = [];
    private readonly int _threads;

    public Preparations(Plan plan, Bindings bindings, int threads)
    {
        (_bindings, _threads) = (bindings, threads);
        // Layers attend alike; what differs is checked once.
        foreach (var region in plan.Regions.OfType<AttentionRegion>())
        {
            var use = new CacheUse(region.Nodes[0], bindings);
            if (!_uses.Exists(use.IsCheckedBy)) _uses.Add(use);
        }
    }

    /// <summary>The number of a preparation; it is made from now on.</summary>
    public int NumberOf(Preparation preparation)
    {
        var index = _known.FindIndex(known => known.Kind.Equals(preparation));
        if (index >= 0) return index;
        _known.Add(preparation switch
        {
            Preparation.Angles angles =>
                (preparation, null, new RotaryAngles(angles.Frequencies.AsSpan<float>(), angles.Magnitude)),
            _ => (preparation, new AttentionItems(), null),
        });
        return _known.Count - 1;
    }

    /// <summary>Makes everything for a run.</summary>
    /// <exception cref="InvalidOperationException">An index leads out of the cache; the message names it.</exception>
    public void Run()
    {
        foreach (var use in _uses) use.Check();
        foreach (var (kind, items, angles) in _known)
        {
            if (kind is Preparation.Items list)
            {
                items!.Prepare(Integers(list.Positions), Integers(list.Sequences), _threads, list.Group, list.KeyHeads);
            }
            else
            {
                Prepare(angles!, ((Preparation.Angles)kind).Positions);
            }
        }
    }

    /// <summary>How many items of attention a run has.</summary>
    public long LengthOf(int number) => _known[number].Items!.Count;

    /// <summary>The address of what was made.</summary>
    public long AddressOf(int number) =>
        _known[number].Items is { } items ? (long)items.Pointer : (long)_known[number].Angles!.Pointer;

    public void Dispose()
    {
        foreach (var (_, items, angles) in _known)
        {
            items?.Dispose();
            angles?.Dispose();
        }
    }

    private void Prepare(RotaryAngles angles, Value positions)
    {
        try
        {
            angles.Prepare(Integers(positions));
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"rotary by {positions.Node.Describe()}: {error.Message}", error);
        }
    }

    private ReadOnlySpan<int> Integers(Value value) => _bindings[value.Node].AsSpan<int>();
}
