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
                : null,
            preparation switch
            {
                Preparation.Angles given => [Bound(given.Positions)],
                Preparation.Items given => [Bound(given.Positions), Bound(given.Sequences), Bound(given.Table)],
                _ => [],
            }));
        return _known.Count - 1;

        int Bound(Value value) => _bindings.NumberOf(value.Node);
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
                    var blocks = checked((int)_bindings.Data(known.Inputs[2]).Sizes[1]);
                    known.Items!.Prepare(
                        new CachedBatch(Integers(known, 0), Integers(known, 1), Integers(known, 2), blocks), _threads,
                        items.Shape);
                    break;
                case Preparation.Angles angles:
                    Prepare(known.Angles!, angles, Integers(known, 0));
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

    private ReadOnlySpan<int> Integers(Known known, int input) => _bindings.Data(known.Inputs[input]).AsSpan<int>();

    /// <summary>
    /// A preparation, what it is made with, and the numbers of the bindings that it is made from; memory grows and is kept.
    /// </summary>
    private sealed record Known(Preparation Kind, AttentionItems? Items, RotaryAngles? Angles, int[] Inputs)
    {
        public NativeBlock? Room { get; private set; }

        public void MakeRoom(long bytes)
        {
            if (bytes == 0 || (Room is not null && Room.Bytes >= bytes)) return;
            var before = Room?.Bytes ?? 0;
            Room?.Dispose();
            Room = null; // should there be no memory for more
            Room = new NativeBlock(Math.Max(bytes, 2 * before));
        }
    }
}
