using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// What the kernels of a plan need that depends on a run's inputs and is the same for all layers; and the checks without which no
/// kernel may use them.
/// </summary>
internal sealed unsafe class Preparations : IDisposable
{
    private readonly Bindings _bindings;
    private readonly List<Prepared> _known = [];
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
            Preparation.Angles angles => new Prepared(
                preparation, Bound(angles.Positions), -1, null,
                new RotaryAngles(angles.Frequencies.AsSpan<float>(), angles.Magnitude)),
            Preparation.Items items => new Prepared(
                preparation, Bound(items.Positions), Bound(items.Sequences), new AttentionItems(), null),
            _ => throw new ArgumentException($"nothing prepares {preparation}", nameof(preparation)),
        });
        return _known.Count - 1;

        int Bound(Value value) => _bindings.NumberOf(value.Node);
    }

    /// <summary>Makes everything for a run.</summary>
    /// <exception cref="InvalidOperationException">An index leads out of the cache; the message names it.</exception>
    public void Run()
    {
        foreach (var use in _uses) use.Check();
        foreach (var (kind, positions, sequences, items, angles) in _known)
        {
            if (kind is Preparation.Items list)
            {
                items!.Prepare(Integers(positions), Integers(sequences), _threads, list.Group, list.KeyHeads);
            }
            else
            {
                Prepare(angles!, (Preparation.Angles)kind, Integers(positions));
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
        foreach (var known in _known)
        {
            known.Items?.Dispose();
            known.Angles?.Dispose();
        }
    }

    private static void Prepare(RotaryAngles angles, Preparation.Angles kind, ReadOnlySpan<int> positions)
    {
        try
        {
            angles.Prepare(positions);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"rotary by {kind.Positions.Node.Describe()}: {error.Message}", error);
        }
    }

    private ReadOnlySpan<int> Integers(int number) => _bindings.Data(number).AsSpan<int>();

    /// <summary>What is prepared, the numbers of the bindings that it is made from (-1 for none), and what was made.</summary>
    private readonly record struct Prepared(
        Preparation Kind, int Positions, int Sequences, AttentionItems? Items, RotaryAngles? Angles);
}
