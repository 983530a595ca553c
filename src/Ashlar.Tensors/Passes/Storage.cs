namespace Ashlar.Tensors.Passes;

/// <summary>Where a value lives while a plan runs.</summary>
internal enum Storage
{
    /// <summary>In the arena, as long as it is needed.</summary>
    Arena,
    /// <summary>In a block of its own, until the next run: an output of the graph.</summary>
    Output,
    /// <summary>In memory that is bound for each run: an input or a state.</summary>
    Bound,
    /// <summary>In memory that never changes: a weight.</summary>
    Fixed,
}
