using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// What the kernels of a plan need that depends on a run's inputs and is the same for all layers; and the checks without which no
/// kernel may use them.
/// </summary>
internal sealed unsafe class Preparations : IDisposable
{
    private readonly Bindings _bindings;
    private readonly List<Known> _known = [];
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
        // What others are made from comes before them.
        var source = preparation switch
        {
            Preparation.ListOf list => NumberOf(list.Of),
            Preparation.States states => NumberOf(states.Of),
            _ => -1,
        };
        _known.Add(new Known(
            preparation,
            source >= 0 ? _known[source].Items : preparation is Preparation.Items ? new AttentionItems() : null,
            preparation is Preparation.Angles angles
                ? new RotaryAngles(angles.Frequencies.AsSpan<float>(), angles.Magnitude)
                : null));
        return _known.Count - 1;
    }

    /// <summary>Makes everything for a run.</summary>
    /// <exception cref="InvalidOperationException">An index leads out of the cache; the message names it.</exception>
    public void Run()
    {
        foreach (var use in _uses) use.Check();
        foreach (var known in _known)
        {
            switch (known.Kind)
            {
                case Preparation.Items items:
                    var blocks = checked((int)_bindings[items.Table.Node].Sizes[1]);
                    known.Items!.Prepare(
                        new CachedBatch(Integers(items.Positions), Integers(items.Sequences), Integers(items.Table), blocks),
                        _threads, items.Shape);
                    break;
                case Preparation.Angles angles:
                    known.Angles!.Prepare(Integers(angles.Positions));
                    break;
                case Preparation.States states:
                    known.MakeRoom(known.Items!.States * states.BytesOfState);
                    break;
            }
        }
    }

    /// <summary>How long a list is in a run.</summary>
    public long LengthOf(int number) =>
        ((Preparation.ListOf)_known[number].Kind).Kind == ItemList.Parts
            ? _known[number].Items!.Parts.Length
            : _known[number].Items!.Items.Length;

    /// <summary>The address of what was made.</summary>
    public long AddressOf(int number) => _known[number].Kind switch
    {
        Preparation.ListOf { Kind: ItemList.Items } => _known[number].Items!.Addresses.Items,
        Preparation.ListOf { Kind: ItemList.Parts } => _known[number].Items!.Addresses.Parts,
        Preparation.ListOf { Kind: ItemList.Tokens } => _known[number].Items!.Addresses.Tokens,
        Preparation.ListOf { Kind: ItemList.FirstStates } => _known[number].Items!.Addresses.FirstStates,
        Preparation.States => _known[number].Room is { } room ? (long)room.Pointer : 0,
        _ => (long)_known[number].Angles!.Pointer,
    };

    public void Dispose()
    {
        foreach (var known in _known)
        {
            known.Items?.Dispose();
            known.Angles?.Dispose();
            known.Room?.Dispose();
        }
    }

    private ReadOnlySpan<int> Integers(Value value) => _bindings[value.Node].AsSpan<int>();

    /// <summary>A preparation, and what it is made with; memory grows and is kept.</summary>
    private sealed record Known(Preparation Kind, AttentionItems? Items, RotaryAngles? Angles)
    {
        public NativeBlock? Room { get; private set; }

        public void MakeRoom(long bytes)
        {
            if (bytes == 0 || (Room is not null && Room.Bytes >= bytes)) return;
            Room?.Dispose();
            Room = new NativeBlock(Math.Max(bytes, 2 * (Room?.Bytes ?? 0)));
        }
    }
}
