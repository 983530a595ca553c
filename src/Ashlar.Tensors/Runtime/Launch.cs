namespace Ashlar.Tensors.Runtime;

/// <summary>A kernel with its arguments, to be called on [0, Count) in pieces of <see cref="Grain"/>.</summary>
internal unsafe struct Launch
{
    /// <summary>The kernel's function.</summary>
    public delegate* unmanaged<long*, long, long, byte*, void> Function;

    /// <summary>The kernel's arguments, and behind them its context.</summary>
    public long* Arguments;

    /// <summary>The length of the range; 0 for nothing to do.</summary>
    public long Count;

    /// <summary>How much of the range a task takes, 1 or more.</summary>
    public long Grain;
}

/// <summary>Launches that may run at once. A stage begins when the one before has ended.</summary>
internal struct Stage
{
    /// <summary>The number of the first launch.</summary>
    public int First;

    /// <summary>How many launches there are.</summary>
    public int Count;
}
